//! The service page: what a person sees who opens the web service's address, as the guide's "Test the SAP Integration Web Connector" asks.
//! One document without scripts and without anything loaded from elsewhere.

use super::Part;
use crate::ici::OperationHelp;
use std::fmt::Write;

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Jackfield: SAP ICI web service</title>
<style>
:root { color-scheme: light dark; --line: #c8ccd2; --quiet: #5b6470; --good: #1b6e3c; --bad: #a3261d; --back: #fff; --text: #16191d; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a4048; --quiet: #a2abb6; --good: #6fd398; --bad: #ff9288; --back: #15181c; --text: #e8ebef; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; background: var(--back); color: var(--text); }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); }
.operations td:first-child { width: 44%; }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
.quiet { color: var(--quiet); }
.up { color: var(--good); } .down { color: var(--bad); }
</style>
</head>
<body>
<main>
";

/// The page. `address` is where SAP sends its requests.
pub(super) fn render(address: &str, operations: &[OperationHelp], parts: &[Part]) -> String {
    let mut page = String::from(HEAD);
    // Writing to a string cannot fail.
    let _ = write(&mut page, address, operations, parts);
    page
}

fn write(page: &mut String, address: &str, operations: &[OperationHelp], parts: &[Part]) -> std::fmt::Result {
    let address = escape(address);
    let version = env!("CARGO_PKG_VERSION");
    writeln!(page, "<h1>SAP ICI web service</h1>")?;
    writeln!(page, "<p>Jackfield {version} answers here. SAP sends its requests by SOAP to <code>{address}</code>.</p>")?;
    writeln!(
        page,
        "<p>The interface for SOAP clients: <a href=\"{address}?wsdl\">WSDL</a>, <a href=\"{address}?wsdl=encoded\">WSDL for rpc/encoded clients</a>.</p>"
    )?;
    writeln!(page, "<h2>Health</h2>\n<table>")?;
    writeln!(page, "<tr><th scope=\"col\">Part</th><th scope=\"col\">State</th><th scope=\"col\">Detail</th></tr>")?;
    for Part { name, up, degraded, detail, repair } in parts {
        let (class, state) = match (*up, *degraded) {
            (true, false) => ("up", "works"),
            (true, true) => ("down", "works in part"),
            (false, _) => ("down", "does not work"),
        };
        write!(page, "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{state}</td><td>{}", escape(name), escape(detail))?;
        if let Some(repair) = repair {
            write!(page, "; {}", escape(repair))?;
        }
        writeln!(page, "</td></tr>")?;
    }
    writeln!(page, "</table>\n<h2>Operations</h2>")?;
    for group in operations.chunk_by(|one, next| one.interface == next.interface) {
        let Some(first) = group.first() else { continue };
        writeln!(page, "<table class=\"operations\">\n<caption>{}</caption>", escape(&first.interface))?;
        for OperationHelp { name, parameters, purpose, .. } in group {
            let parameters = parameters.iter().map(|name| escape(name)).collect::<Vec<_>>().join(", ");
            writeln!(
                page,
                "<tr><td><code>{}(<span class=\"quiet\">{parameters}</span>)</code></td><td>{}</td></tr>",
                escape(name),
                escape(purpose)
            )?;
        }
        writeln!(page, "</table>")?;
    }
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(())
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_operations_health_and_the_wsdl() {
        let operation = |interface: &str, name: &str| OperationHelp {
            interface: interface.into(),
            name: name.into(),
            parameters: vec!["itemId".into(), "destination".into()],
            purpose: "Holds the call & dials out".into(),
        };
        let parts = [Part::works("switch", "no answer <yet>").down("look at <it>")];
        let page = render("http://127.0.0.1:8095/ici", &[operation("User", "getAttributes"), operation("PhoneCall", "consult")], &parts);
        for expected in [
            "href=\"http://127.0.0.1:8095/ici?wsdl\"",
            env!("CARGO_PKG_VERSION"),
            "<caption>User</caption>",
            "<caption>PhoneCall</caption>",
            "consult(<span class=\"quiet\">itemId, destination</span>)",
            "Holds the call &amp; dials out",
            "does not work",
            "no answer &lt;yet&gt;",
        ] {
            assert!(page.contains(expected), "{expected} is missing in\n{page}");
        }
    }

    #[test]
    fn nothing_in_the_page_can_become_markup() {
        let page = render("http://x/\"><script>alert('1')</script>", &[], &[]);
        assert!(!page.contains("<script>") && !page.contains("x/\">"), "{page}");
    }
}
