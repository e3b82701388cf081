//! Old files as they may look: nobody has published one, so each way of .NET to write settings is here.

use super::{entries, take::take as decide, *};
use crate::check;

const SERVICE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <configSections><section name="x" type="y" /></configSections>
  <startup><supportedRuntime version="v2.0.50727" /></startup>
  <appSettings>
    <add key="ICServerName" value="cic1.example.com" />
    <add key="BackupServer" value="cic2.example.com"/>
    <add key="UserID" value="SAPSU"/>
    <add key="Password" value="hunter2"/>
    <add key="RemotingPort" value="9000"/>
    <add key="LoginStatus" value="Lunch"/>
    <add key="RejectWorkmode" value="3"/>
    <add key="LogInterval" value=""/>
    <add key="Ignore SAP's initial login workmode" value="True"/>
    <add key="SupportFreeSeating" value="maybe"/>
    <add key="RemoteAttributes" value="Eic_RemoteTn; ANI"/>
    <add key="SourceFolder" value="C:\Logs"/>
    <add key="Flux" value="hunter3"/>
  </appSettings>
  <Workmodes>
    <Workmode id="2" status="Available" /><Workmode id="3" status="Do Not disturb" />
    <Workmode id="4" status="Lunch" userSelectable="true" /><Workmode id="5" status="ACD not answering" userSelectable="false" />
    <Workmode id="70000" status="Too far" />
  </Workmodes>
  <DialedAttributes><add key="1" value="Eic_LocalTn"/><add key="2" value="DNIS"/></DialedAttributes>
  <Channels><Channel name="Phone" /><Channel name="Chat" addressExtension="customer.example" /></Channels>
  <applicationSettings>
    <Product.Properties.Settings>
      <setting name="SLDServer" serializeAs="String"><value>sld.example.com</value></setting>
      <setting name="SLDPort" serializeAs="String"><value>50000</value></setting>
      <setting name="SLDUserID" serializeAs="String"><value>SLDDSUSER</value></setting>
      <setting name="SLDPassword" serializeAs="String"><value>hunter4</value></setting>
      <setting name="LocalSystemName" serializeAs="String"><value>OLD_ICI</value></setting>
    </Product.Properties.Settings>
  </applicationSettings>
</configuration>"#;

const CONNECTOR: &str = r#"<configuration>
  <appSettings>
    <add key="tracefilepath" value="C:\SAPTraceLogs"/>
    <add key="Server" value="localhost"/>
    <add key="Port" value="9000"/>
    <add key="SecureRemoting" value="false"/>
  </appSettings>
  <system.web><compilation debug="false" /></system.web>
</configuration>"#;

fn file(name: &str, text: &str) -> OldFile {
    OldFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn both() -> Taken {
    take(&[file("ININIntegrationService.exe.config", SERVICE), file("Web.config", CONNECTOR)]).unwrap()
}

fn fate<'t>(taken: &'t Taken, key: &str) -> &'t Fate {
    &taken.rows.iter().find(|row| row.key.ends_with(key)).unwrap_or_else(|| panic!("{key} is in no row")).fate
}

fn why(taken: &Taken, key: &str) -> Why {
    match fate(taken, key) {
        Fate::Left { why, .. } => *why,
        Fate::Taken { .. } => panic!("{key} was taken"),
    }
}

#[test]
fn the_settings_of_an_old_site_make_a_file_that_the_service_takes() {
    let mut draft = Draft::default();
    both().apply(&mut draft);
    let config = check::check(&draft).unwrap().config;
    let switch = &config.switch;
    assert_eq!((switch.server.as_deref(), switch.backup.as_deref()), (Some("cic1.example.com"), Some("cic2.example.com")));
    assert_eq!((switch.kind, switch.user_id.as_deref()), (crate::config::SwitchKind::Icws, Some("SAPSU")));
    assert_eq!((config.ici.remoting_port, config.ici.login_status, config.ici.reject_workmode), (Some(9000), 4, 3));
    assert!(config.flags.ignore_initial_workmode && !config.flags.secure_remoting);
    assert_eq!(config.attributes.remote, ["Eic_RemoteTn", "ANI"]);
    assert_eq!(config.attributes.dialed, ["Eic_LocalTn", "DNIS"]);
    let mapped: Vec<_> = config.workmodes.mapped.iter().map(|row| (row.id, row.status.as_str(), row.user_selectable)).collect();
    assert_eq!(mapped, [(4, "Lunch", true), (5, "ACD not answering", false)]);
    assert!(config.channels.phone.enabled && config.channels.chat.enabled && !config.channels.action_item.enabled);
    assert_eq!(config.channels.chat.address_extension, "customer.example");
    assert_eq!((config.sld.server.as_deref(), config.sld.port), (Some("sld.example.com"), 50000));
    assert_eq!(config.sld.attributes["LocalSystemName"], "OLD_ICI");
}

#[test]
fn every_entry_has_a_fate_and_a_reason() {
    let taken = both();
    for (key, expected) in [
        ("configSections", Why::Platform),
        ("/Password", Why::Secret),
        ("SLDPassword", Why::Secret),
        ("LogInterval", Why::Empty),
        ("SupportFreeSeating", Why::Refused),
        ("Flux", Why::Unknown),
        ("system.web", Why::Platform),
        ("appSettings/Server", Why::Elsewhere),
    ] {
        assert_eq!(why(&taken, key), expected, "{key}");
    }
    let refused =
        taken.rows.iter().filter(|row| row.key == "Workmodes/Workmode" && matches!(row.fate, Fate::Left { why: Why::Refused, .. }));
    assert_eq!(refused.count(), 1);
    assert_eq!(taken.rows.len(), SERVICE.matches("<add ").count() + 2 + 5 + 2 + 5 + CONNECTOR.matches("<add ").count() + 1);
    assert!(matches!(fate(&taken, "ICServerName"), Fate::Taken { sure: Sure::Guessed, .. }));
}

#[test]
fn no_value_of_a_secret_or_an_unknown_key_is_repeated() {
    let taken = both();
    let all = format!("{taken:?} {}", taken.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    assert!(!all.contains("hunter"), "{all}");
    let password = taken.settings.iter().find(|(setting, _)| setting.to_string() == "switch.password").unwrap();
    assert_eq!(password.1.as_str(), Some("credential:switch-password"));
}

#[test]
fn a_folder_of_windows_is_kept_on_windows_only() {
    let entries = entries::read(&file("web.config", CONNECTOR)).unwrap();
    let folder = |taken: &Taken| taken.settings.iter().any(|(setting, _)| setting.to_string() == "log.folder");
    let (here, there) = (decide(&entries, false), decide(&entries, true));
    assert!(!folder(&here) && folder(&there));
    assert_eq!(why(&here, "tracefilepath"), Why::Elsewhere);
    assert!(matches!(fate(&there, "tracefilepath"), Fate::Taken { sure: Sure::Known, .. }));
}

#[test]
fn of_two_values_for_one_setting_the_first_counts_and_the_second_is_told() {
    let text = r#"<configuration><appSettings><add key="ICServer" value="a"/><add key="CICServer" value="b"/><add key="Server" value="a"/></appSettings></configuration>"#;
    let taken = take(&[file("x.exe.config", text)]).unwrap();
    assert_eq!(why(&taken, "CICServer"), Why::Twice);
    assert!(matches!(fate(&taken, "/Server"), Fate::Taken { .. }));
}

#[test]
fn a_file_in_utf16_is_read_as_one_in_utf8() {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(SERVICE.replace("utf-8", "utf-16").encode_utf16().flat_map(u16::to_le_bytes));
    let taken = take(&[OldFile { name: "ININIntegrationService.exe.config".into(), bytes }]).unwrap();
    assert_eq!(taken.settings, take(&[file("ININIntegrationService.exe.config", SERVICE)]).unwrap().settings);
}

#[test]
fn what_is_no_old_file_is_refused_with_its_name() {
    let error = |bytes: &[u8]| take(&[OldFile { name: "a.config".into(), bytes: bytes.to_vec() }]).unwrap_err();
    assert_eq!(error(b"<html/>"), OldFileError::Foreign("a.config".into()));
    assert_eq!(error(&[0xFF, 0xFE, 0x00]), OldFileError::Encoding("a.config".into()));
    assert_eq!(error(&vec![b' '; 1024 * 1024 + 1]), OldFileError::TooLong("a.config".into()));
    assert!(error(b"<configuration>").to_string().starts_with("a.config:1: "));
    let bomb = br#"<!DOCTYPE x [<!ENTITY a "aaaa">]><configuration>&a;</configuration>"#;
    assert!(matches!(error(bomb), OldFileError::Xml { .. }));
}

proptest::proptest! {
    /// Whatever it holds, a file is taken or refused.
    #[test]
    fn any_text_has_an_end(text in "(<configuration>)?(<(add|setting|a) (key|name|id)=\"[a-z0-9]{0,9}\" value=\"\\PC{0,9}\"/?>|</a>|[^<]{0,5}){0,12}(</configuration>)?") {
        let _ = take(&[file("a.config", &text)]);
    }
}
