//! The import table of `ARCHITECTURE.md`, enforced: reads the service's code and refuses an import that the table does not allow.
//!
//! Test code is exempt (`#[cfg(test)]` items and files named in [`TEST_FILES`]): a test of agent sessions may well use the embedded switch.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use syn::visit::{self, Visit};

/// One row of the table: what a module and all below it may name.
struct Rule {
    module: &'static str,
    /// Modules of ours it may import beside itself; a prefix allows everything below it.
    may: &'static [&'static str],
    /// Crates that it never names.
    never: &'static [&'static str],
}

/// Crates whose use is tied to a place.
const WATCHED: [&str; 12] = [
    "tokio",
    "tokio_util",
    "hyper",
    "hyper_util",
    "http_body_util",
    "serde",
    "serde_json",
    "roxmltree",
    "quick_xml",
    "redb",
    "toml",
    "shared",
];

const XML: [&str; 2] = ["roxmltree", "quick_xml"];

/// Crates that one module each may name.
const ENCLOSED: [&str; 3] = ["roxmltree", "quick_xml", "redb"];

/// The longest matching prefix counts. `shared` modules are written `shared::x`.
const RULES: [Rule; 25] = [
    Rule {
        module: "domain",
        may: &["shared::rules"],
        never: &[
            "tokio",
            "tokio_util",
            "hyper",
            "hyper_util",
            "http_body_util",
            "serde",
            "serde_json",
            "roxmltree",
            "quick_xml",
            "redb",
            "toml",
        ],
    },
    Rule { module: "soap", may: &[], never: &["tokio", "hyper", "serde", "serde_json", "redb", "toml"] },
    Rule {
        module: "ici",
        may: &["soap", "domain", "shared::profile"],
        never: &["tokio", "hyper", "roxmltree", "quick_xml", "redb", "toml"],
    },
    Rule { module: "capture", may: &["soap", "shared::rules"], never: &["hyper", "roxmltree", "quick_xml", "redb", "toml"] },
    Rule {
        module: "learn",
        may: &["capture", "ici", "shared::profile"],
        never: &["tokio", "hyper", "roxmltree", "quick_xml", "redb", "toml"],
    },
    Rule { module: "switch", may: &["domain"], never: &ENCLOSED },
    Rule { module: "switch::embedded", may: &["switch", "domain", "telemetry"], never: &ENCLOSED },
    Rule { module: "switch::icws", may: &["switch", "domain", "telemetry"], never: &ENCLOSED },
    Rule { module: "outbox", may: &["domain", "ici", "store", "telemetry", "capture", "os", "crash", "timeline"], never: &ENCLOSED },
    Rule { module: "store", may: &["domain", "telemetry", "crash"], never: &ENCLOSED },
    Rule { module: "store::file", may: &["store"], never: &XML },
    Rule { module: "alarm", may: &["os"], never: &ENCLOSED },
    Rule {
        module: "saml",
        may: &["soap"],
        never: &[
            "tokio",
            "tokio_util",
            "hyper",
            "hyper_util",
            "http_body_util",
            "serde",
            "serde_json",
            "roxmltree",
            "quick_xml",
            "redb",
            "toml",
        ],
    },
    Rule { module: "sld", may: &["store", "telemetry", "os"], never: &ENCLOSED },
    Rule { module: "genesys_cloud", may: &["domain", "switch", "store", "telemetry", "os"], never: &ENCLOSED },
    Rule { module: "crash", may: &[], never: &["tokio"] },
    Rule { module: "agents", may: &["domain", "switch", "outbox", "store", "telemetry", "crash", "timeline"], never: &ENCLOSED },
    Rule {
        module: "serve",
        may: &["soap", "ici", "saml", "domain", "agents", "telemetry", "capture", "crash", "timeline"],
        never: &ENCLOSED,
    },
    Rule {
        module: "serve::admin",
        may: &["serve", "soap", "ici", "domain", "agents", "telemetry", "capture", "shared", "timeline"],
        never: &ENCLOSED,
    },
    Rule { module: "simulator", may: &["switch", "domain"], never: &ENCLOSED },
    Rule {
        module: "timeline",
        may: &["domain"],
        never: &["tokio", "hyper", "serde", "serde_json", "roxmltree", "quick_xml", "redb", "toml"],
    },
    Rule { module: "telemetry", may: &["shared::rules"], never: &ENCLOSED },
    Rule { module: "os", may: &[], never: &ENCLOSED },
    Rule { module: "cli", may: &["app", "simulator", "capture", "learn", "telemetry", "os", "shared"], never: &ENCLOSED },
    Rule { module: "app", may: &ALL, never: &ENCLOSED },
];

/// `app` is the only file tree that names every part.
const ALL: [&str; 19] = [
    "agents",
    "alarm",
    "app",
    "capture",
    "cli",
    "domain",
    "genesys_cloud",
    "ici",
    "os",
    "outbox",
    "saml",
    "serve",
    "shared",
    "simulator",
    "sld",
    "store",
    "switch",
    "telemetry",
    "timeline",
];

/// Files that are test code as a whole, though no attribute inside them says so.
const TEST_FILES: [&str; 2] = ["tests.rs", "battery.rs"];

#[test]
fn every_import_of_the_service_is_in_the_table() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service/src");
    let mut files = Vec::new();
    let source = source.canonicalize().unwrap();
    collect(&source, &mut files);
    files.retain(|file| !file.strip_prefix(&source).unwrap().components().any(|part| part.as_os_str() == "tests"));
    let mut modules = BTreeSet::new();
    let mut faults = Vec::new();
    for file in &files {
        let module = module_of(&source, file);
        modules.insert(module.first().cloned().unwrap_or_default());
        for import in imports(file, &module) {
            if let Err(why) = judge(&module, &import) {
                faults.push(format!("{}: `{}` {why}", file.display(), import.join("::")));
            }
        }
    }
    assert!(files.len() >= 60, "only {} source files were found: the test looks in the wrong place", files.len());
    for rule in &RULES {
        let top = rule.module.split("::").next().unwrap_or_default();
        assert!(modules.contains(top), "the table has a row for `{}`, which is not there", rule.module);
    }
    assert!(faults.is_empty(), "imports that the table forbids:\n{}", faults.join("\n"));
}

#[test]
fn the_judge_refuses_what_the_table_forbids() {
    let refused = [
        ("domain::call", "tokio::time"),
        ("domain", "crate::agents"),
        ("ici::line", "crate::switch::Switch"),
        ("ici::line", "shared::config"),
        ("soap::guard", "crate::ici"),
        ("agents::session", "crate::switch::embedded::Embedded"),
        ("agents::session", "crate::serve"),
        ("serve::route", "crate::outbox"),
        ("serve::route", "shared::config"),
        ("simulator::sap", "crate::soap"),
        ("outbox::lane", "crate::agents"),
        ("switch::icws::session", "crate::agents"),
        ("switch::icws::session", "shared::config"),
        ("telemetry", "crate::domain"),
        ("switch::feed", "roxmltree"),
        ("capture::read", "crate::ici"),
        ("store", "redb"),
        ("app", "redb"),
        ("sld::lane", "crate::outbox"),
        ("sld::wire", "shared::config"),
        ("store::file", "crate::agents"),
        ("genesys_cloud::cloud", "crate::agents"),
        ("genesys_cloud::record", "crate::switch::icws"),
    ];
    let allowed = [
        ("domain::call", "shared::rules::phone_number"),
        ("soap::guard", "quick_xml::Reader"),
        ("ici::line", "crate::soap::write"),
        ("agents::session", "crate::switch::Switch"),
        ("serve::admin", "shared::finding"),
        ("switch::icws::session", "crate::domain::UserId"),
        ("switch::icws::session", "hyper::Method"),
        ("store::file", "redb::Database"),
        ("outbox::lane", "crate::store"),
        ("app", "crate::switch::embedded"),
        ("app::policy", "shared::config"),
    ];
    let split = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    for (module, import) in refused {
        assert!(judge(&split(module), &split(import)).is_err(), "{module} must not import {import}");
    }
    for (module, import) in allowed {
        assert_eq!(judge(&split(module), &split(import)), Ok(()), "{module} may import {import}");
    }
}

/// May `module` name `import`? `import` begins with `crate` for our own modules, else with a crate's name.
fn judge(module: &[String], import: &[String]) -> Result<(), String> {
    let here = module.join("::");
    let rule = RULES.iter().filter(|rule| below(&here, rule.module)).max_by_key(|rule| rule.module.len());
    let Some(rule) = rule else {
        return Ok(());
    };
    let first = import.first().map(String::as_str).unwrap_or_default();
    if rule.never.contains(&first) {
        return Err(format!("is a crate that `{}` never names", rule.module));
    }
    let target = match first {
        "crate" => import[1..].join("::"),
        "shared" => import.join("::"),
        _ => return Ok(()),
    };
    // The adapters are named by `app` alone, although the port above them is open to others.
    let adapter = below(&target, "switch::embedded") || below(&target, "switch::icws");
    let may_name_adapters = matches!(rule.module, "app" | "simulator");
    let by_rule = (may_name_adapters || !adapter) && rule.may.iter().any(|allowed| below(&target, allowed));
    if target.is_empty() || below(&target, rule.module) || by_rule {
        return Ok(());
    }
    Err(format!("is not among what `{}` may import: {:?}", rule.module, rule.may))
}

fn below(path: &str, prefix: &str) -> bool {
    path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !TEST_FILES.iter().any(|name| path.file_name().is_some_and(|file| file == *name))
        {
            files.push(path);
        }
    }
}

fn module_of(source: &Path, file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(source).unwrap().with_extension("");
    let parts: Vec<String> = relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if matches!(parts.as_slice(), [only] if only == "lib" || only == "main") { Vec::new() } else { parts }
}

/// Everything the file names by a path that begins with `crate`, `super` or a watched crate.
fn imports(file: &Path, module: &[String]) -> BTreeSet<Vec<String>> {
    let text = fs::read_to_string(file).unwrap();
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut reader = Reader { module: module.to_vec(), found: BTreeSet::new() };
    reader.visit_file(&syntax);
    reader.found
}

struct Reader {
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Reader {
    fn note(&mut self, path: Vec<String>) {
        let Some(first) = path.first() else { return };
        let absolute = match first.as_str() {
            "crate" => path,
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                let keep = self.module.len().saturating_sub(ups);
                let mut whole = vec!["crate".to_owned()];
                whole.extend_from_slice(&self.module[..keep]);
                whole.extend(path.into_iter().skip(ups));
                whole
            }
            name if WATCHED.contains(&name) => path,
            _ => return,
        };
        self.found.insert(absolute);
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let mut path = before.to_vec();
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.use_tree(&part.tree, &path);
            }
            syn::UseTree::Name(name) => {
                if name.ident != "self" {
                    path.push(name.ident.to_string());
                }
                self.note(path);
            }
            syn::UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.note(path);
            }
            syn::UseTree::Glob(_) => self.note(path),
            syn::UseTree::Group(group) => {
                for item in &group.items {
                    self.use_tree(item, &path);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes: &[syn::Attribute] = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // A single name is a local variable that happens to be called like a crate.
        if path.segments.len() > 1 {
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    /// A macro's inside is no syntax tree: `crate::x` and watched crates are found in its tokens.
    fn visit_macro(&mut self, makro: &'ast syn::Macro) {
        let tokens = makro.tokens.to_string().replace(' ', "");
        for start in ["crate::"].into_iter().chain(WATCHED) {
            for (at, _) in tokens.match_indices(start) {
                let fresh = !tokens[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
                let path = tokens[at..].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).next().unwrap_or_default();
                if fresh && path.contains("::") {
                    self.note(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
                }
            }
        }
        visit::visit_macro(self, makro);
    }
}

fn is_test(attribute: &syn::Attribute) -> bool {
    if attribute.path().is_ident("test") {
        return true;
    }
    let syn::Meta::List(list) = &attribute.meta else { return false };
    list.path.is_ident("cfg") && list.tokens.to_string().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
}
