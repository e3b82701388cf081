//! Reading what administrators have set up, page by page (icws §5).

use super::Session;
use crate::switch::icws::{
    IcwsError,
    answer::typed_or_default,
    http::LONG_ANSWER,
    path::{query, segment},
    wire::configuration::{Listed, Page},
};
use hyper::{
    Method,
    header::{self, HeaderValue},
};

/// A server gives no more at once when properties are asked for.
const PAGE: usize = 200;
/// A list that never ends is no list: a hundred thousand users.
const PAGES: usize = 500;

/// Who looks: agents and ordinary users see nothing unless they say that they only want to view.
const VIEW: &str = "view";

impl Session {
    /// All objects of a kind that the user may see.
    pub async fn list<T: Listed + Default>(&self) -> Result<Vec<T>, IcwsError> {
        let all = self.list_by(Some(VIEW)).await;
        match all {
            // Which filters a kind has is not published: where `view` is none, the usual one has to do.
            Err(error) if error.is_status(400) => self.list_by(None).await,
            // Nothing to see is what a wrong filter gives as well.
            Ok(none) if none.is_empty() => match self.list_by(None).await {
                Err(error) if error.is_of_the_connection() => Err(error),
                other => Ok(other.unwrap_or_default()),
            },
            other => other,
        }
    }

    /// All objects of a kind, or an error: what whoever takes absence for removal may go by.
    pub async fn whole<T: Listed + Default>(&self) -> Result<Vec<T>, IcwsError> {
        match self.list_by(Some(VIEW)).await {
            Err(error) if error.is_status(400) => self.list_by(None).await,
            Ok(none) if none.is_empty() => self.list_by(None).await,
            other => other,
        }
    }

    /// One object.
    pub async fn one<T: Listed>(&self, id: &str) -> Result<T, IcwsError> {
        let path = format!("/configuration/{}/{}?select={}&rightsFilter={VIEW}", T::KIND, segment(id), query(T::SELECT));
        self.answered(Method::GET, &path, None).await
    }

    async fn list_by<T: Listed + Default>(&self, filter: Option<&str>) -> Result<Vec<T>, IcwsError> {
        let filter = filter.map_or_else(String::new, |filter| format!("&rightsFilter={filter}"));
        let path = format!("/configuration/{}?select={}{filter}", T::KIND, query(T::SELECT));
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let mut question = self.question(Method::GET, &path, None, LONG_ANSWER);
            let range = format!("items={}-{}", all.len(), all.len() + PAGE - 1);
            if let Ok(range) = HeaderValue::from_str(&range) {
                question.headers.insert(header::RANGE, range);
            }
            let answer = self.ask(question).await?;
            // Past the end of a list whose length divides by the page's.
            if answer.status.as_u16() == 416 {
                break;
            }
            let total = answer.header("content-range").and_then(total);
            let page: Page<T> = match self.judge(&answer)? {
                serde_json::Value::Null => Page { items: Vec::new() },
                value => typed_or_default::<Option<Page<T>>>(value)?.unwrap_or(Page { items: Vec::new() }),
            };
            let got = page.items.len();
            all.extend(page.items);
            // A server that knows no ranges gives everything at once.
            let complete = total.map_or(got != PAGE, |total| all.len() >= total);
            if got == 0 || complete {
                break;
            }
        }
        Ok(all)
    }
}

/// The total of `items 0-199/1234`.
fn total(range: &str) -> Option<usize> {
    range.rsplit_once('/')?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_total_stands_behind_the_stroke() {
        assert_eq!(super::total("items 0-199/1234"), Some(1234));
        assert_eq!(super::total("items 0-199/*"), None);
        assert_eq!(super::total(""), None);
    }
}
