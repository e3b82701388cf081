//! Pure rules: the service obeys them, the wizard tries them out.

pub mod attribute_order;
pub mod phone_number;
