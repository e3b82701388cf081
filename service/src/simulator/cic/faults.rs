//! What goes wrong on purpose.

/// See the module; nothing goes wrong by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Errors as servers before 4.0 SU6 wrote them: with a number, without an id.
    pub old_errors: bool,
    /// 204 where 200 with an empty body is usual.
    pub no_content: bool,
    /// `additionalAttributes` of a new interaction are ignored, as an older server did.
    pub ignores_additional_attributes: bool,
}
