//! The stage `sld`: would SAP's System Landscape Directory take the registration, where the file names one? Does everything that sending does,
//! by the same code, but to send it.

use super::{DEADLINE, on_time, secrets, sentences as say};
use crate::{
    app::sld::{self, Class, Rendered},
    cli::report::{Detail, OWN_FAULT, Verdict},
};
use shared::{config::Sld, file};
use std::path::Path;

/// Each destination: what it would get, and whether it would be let in.
pub(super) async fn inspect(settings: &Sld, file: &Path) -> Vec<Detail> {
    let (owned, file) = (settings.clone(), file.to_owned());
    let rendered = match on_time(move || sld::render(&owned, |named| file::beside(&file, named))).await {
        Ok(rendered) => rendered,
        Err(late) => return vec![late.detail("sld", say::FILE_LATE)],
    };
    if rendered.is_empty() {
        return vec![Detail::new("sld.server", say::SLD_OFF)];
    }
    // All at once, so that several that are away do not add up.
    let tried: Vec<_> = rendered.into_iter().map(|each| tokio::spawn(one(each))).collect();
    let mut details = Vec::new();
    for task in tried {
        match task.await {
            Ok(found) => details.extend(found),
            Err(error) => details.push(Detail::with("sld", OWN_FAULT, [("why", error.to_string())])),
        }
    }
    details
}

async fn one(rendered: Rendered) -> Vec<Detail> {
    let Rendered { planned, warnings, settings, .. } = rendered;
    let url = planned.url;
    let mut details = vec![match &planned.ready {
        Err(verdict) => detail(&url, verdict),
        Ok(_) if settings.password.as_ref().is_some_and(secrets::is_out_of_sight) => Detail::new(&url, say::SECRET_OF_UNIT),
        // Name, connection, TLS and answer have the time of one probe each.
        Ok(destination) => detail(&url, &sld::test(destination, 2 * DEADLINE).await.verdict),
    }];
    details.extend(warnings.into_iter().map(|finding| Detail {
        subject: finding.path.to_string(),
        verdict: Verdict::Warning,
        id: format!("finding-{}", finding.id),
        case: finding.case,
        values: finding.values.into_iter().collect(),
        cause: finding.text,
        repair: finding.repair,
    }));
    details
}

fn detail(url: &str, verdict: &sld::Verdict) -> Detail {
    let words = verdict.words();
    Detail {
        subject: url.to_owned(),
        verdict: if words.class == Class::Sent { Verdict::Ok } else { Verdict::Failed },
        id: words.id.to_owned(),
        case: "",
        values: verdict.values().into_iter().collect(),
        cause: verdict.cause(),
        repair: words.repair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::sld::{Mood, Site, Sld as Directory};

    #[tokio::test]
    async fn a_directory_that_is_named_must_let_us_in_and_is_sent_nothing() {
        let site = Site { user: Some("SLDDSUSER".into()), password: None, largest: 1 << 20 };
        let (directory, _news) = Directory::new(site, Mood::Well);
        let listening = directory.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let own = [("ProductVendor", "example.com"), ("SoftwareComponentVendor", "example.com")];
        let mut settings = Sld { port: listening.address().port(), ..Sld::default() };
        settings.attributes.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let inspect = async |settings: &Sld| {
            let details = super::inspect(settings, Path::new("/x/jackfield.toml")).await;
            let [detail] = details.as_slice() else { panic!("{details:?}") };
            (detail.verdict, detail.id.clone())
        };
        assert_eq!(inspect(&settings).await.0, Verdict::Skipped);
        settings.server = Some("127.0.0.1".to_owned());
        assert_eq!(inspect(&settings).await, (Verdict::Failed, "check-sld-no-user".to_owned()));
        settings.user_id = Some("SLDDSUSER".to_owned());
        assert_eq!(inspect(&settings).await, (Verdict::Ok, "check-sld-ready".to_owned()));
        settings.uri = "/sld/cimom".to_owned();
        assert_eq!(inspect(&settings).await, (Verdict::Ok, "check-sld-server".to_owned()));
        assert_eq!(directory.records(), []);
        settings.template = Some("nowhere.template".into());
        assert_eq!(inspect(&settings).await, (Verdict::Failed, "check-sld-invalid".to_owned()));
        settings.template = None;
        drop(listening);
        assert_eq!(inspect(&settings).await, (Verdict::Failed, "check-sld-silent".to_owned()));
        settings.server = Some("no-such-host.invalid".to_owned());
        assert_eq!(inspect(&settings).await, (Verdict::Failed, "check-sld-unknown".to_owned()));
    }
}
