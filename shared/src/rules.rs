//! Pure rules: the service obeys them, the wizard tries them out.

pub mod attribute_order;
pub mod customer_number;
pub mod mail_address;
pub mod phone_number;
pub mod routing;
