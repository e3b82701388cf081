//! Line: all of an agent's calls at once (guide, appendix A "Line methods"; ici-wire §2.5).
//!
//! `getCalls` lists the live calls, `dropCalls` hangs all of them up. SAP may or may not name the line.

use super::{fault::Misread, parameters::Parameters};
use crate::domain::Command;
use shared::profile::{OperationKey, Role};

pub(super) fn decode(key: OperationKey, parameters: &Parameters<'_, '_, '_>) -> Result<Command, Misread> {
    let line = parameters.optional(Role::Line)?;
    Ok(match key {
        OperationKey::LineGetCalls => Command::GetCalls { line },
        OperationKey::LineDropCalls => Command::DropCalls { line },
        other => return Err(Misread::UnknownOperation(other.word().to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Reply,
        ici::golden::{self, Case, LINE, call, direct_call},
    };

    #[test]
    fn every_operation_has_a_golden_request_and_reply() {
        let line = || Some(LINE.into());
        golden::check(&[
            Case {
                key: OperationKey::LineGetCalls,
                parameters: &[LINE],
                command: Command::GetCalls { line: line() },
                reply: Reply::Calls(vec![call(), direct_call()]),
            },
            Case {
                key: OperationKey::LineDropCalls,
                parameters: &[LINE],
                command: Command::DropCalls { line: line() },
                reply: Reply::Done,
            },
        ]);
    }

    #[test]
    fn the_line_need_not_be_named() {
        let decoded = golden::decode_as(Some("A"), "<getCalls xmlns='urn:IciLineInterface'/>").unwrap();
        assert_eq!(decoded.request.command, Command::GetCalls { line: None });
    }
}
