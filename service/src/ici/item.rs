//! Item: what every interaction has, whatever its channel (guide, appendix A "Item methods"; ici-wire §2.3).
//!
//! * `create` makes an item before an outbound call and answers with its id.
//! * `accept` answers, `reroute` rejects.
//! * `getAttachedData`, `setAttachedData` and `deleteAttachedData` relay a text that belongs to SAP's applications: it is XML, but it is
//!   never parsed and never written anew (guide, "Item attached data").

use super::{fault::Misread, parameters::Parameters};
use crate::domain::Command;
use shared::profile::{OperationKey, Role};
use std::sync::Arc;

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    use OperationKey as O;
    let item = || parameters.required(Role::Item);
    Ok(match key {
        O::ItemCreate => Command::CreateItem,
        O::ItemAccept => Command::Accept(item()?),
        O::ItemReroute => Command::Reroute(item()?),
        O::ItemGetAttachedData => Command::GetAttachedData(item()?),
        O::ItemSetAttachedData => Command::SetAttachedData { item: item()?, data: Arc::from(parameters.text(Role::AttachedData)?) },
        O::ItemDeleteAttachedData => Command::DeleteAttachedData(item()?),
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Reply,
        ici::golden::{self, Case, ITEM},
    };
    use OperationKey as O;
    use proptest::prelude::*;

    const DATA: &str = "<?xml version = \"1.0\" encoding = \"UTF-8\"?>\n<ItemAttachedData>\n<Application id = \"SAP-IC\">Müller &amp; Söhne</Application>\n\
                        <Application id=\"CRM_IC/BUPA\"><CURRENTCOMPONENT>890FD258977D284B9EEA965DEDA369EB\n</CURRENTCOMPONENT><BPCONFIRMED></BPCONFIRMED>\
                        </Application>\n</ItemAttachedData>\n";

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let mut escaped = String::new();
        crate::soap::text::escape_into(&mut escaped, DATA);
        let case = |key, command, reply| Case { key, parameters: &[ITEM], command, reply };
        golden::check(&[
            Case { key: O::ItemCreate, parameters: &[golden::USER], command: Command::CreateItem, reply: Reply::Item(ITEM.into()) },
            case(O::ItemAccept, Command::Accept(ITEM.into()), Reply::Done),
            case(O::ItemReroute, Command::Reroute(ITEM.into()), Reply::Done),
            case(O::ItemGetAttachedData, Command::GetAttachedData(ITEM.into()), Reply::Text(Arc::from(DATA))),
            Case {
                key: O::ItemSetAttachedData,
                parameters: &[ITEM, &escaped],
                command: Command::SetAttachedData { item: ITEM.into(), data: Arc::from(DATA) },
                reply: Reply::Done,
            },
            case(O::ItemDeleteAttachedData, Command::DeleteAttachedData(ITEM.into()), Reply::Done),
        ]);
    }

    fn attached(markup: &str) -> Arc<str> {
        let body = format!("<setAttachedData xmlns='urn:IciItemInterface'><itemId>1</itemId>{markup}</setAttachedData>");
        match golden::decode_as(Some("A"), &body).unwrap_or_else(|fault| panic!("{markup}: {fault}")).request.command {
            Command::SetAttachedData { data, .. } => data,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn attached_data_is_taken_escaped_in_cdata_and_unescaped() {
        assert_eq!(&*attached("<attachedData>&lt;a/&gt;&#13;\n </attachedData>"), "<a/>\r\n ");
        assert_eq!(&*attached("<attachedData><![CDATA[<a>&amp;</a>]]></attachedData>"), "<a>&amp;</a>");
        assert_eq!(&*attached("<attachedData><ItemAttachedData  x='1'/></attachedData>"), "<ItemAttachedData  x='1'/>");
        assert_eq!(&*attached("<attachedData/>"), "");
        let missing = golden::decode_as(Some("A"), "<setAttachedData xmlns='urn:IciItemInterface'><itemId>1</itemId></setAttachedData>");
        assert!(missing.unwrap_err().contains("Item.setAttachedData needs the parameter attachedData"));
    }

    proptest! {
        /// Whatever SAP attaches comes back byte for byte, as far as XML can carry it.
        #[test]
        fn attached_data_comes_back_byte_for_byte(data in "([ -~]|[äöü€\u{1F600}]|\\r|\\n|\\t)*") {
            let mut escaped = String::new();
            crate::soap::text::escape_into(&mut escaped, &data);
            let taken = attached(&format!("<attachedData>{escaped}</attachedData>"));
            prop_assert_eq!(&*taken, data.as_str());
            let reply = golden::reply_by(shared::profile::BUILT_IN, O::ItemGetAttachedData, &Reply::Text(taken));
            let document = crate::soap::read(reply.as_bytes()).unwrap();
            let envelope = crate::soap::Envelope::read(&document, &[]).unwrap();
            let response = envelope.call.children().next().unwrap();
            prop_assert_eq!(response.text().unwrap(), data);
        }
    }
}
