//! Doubles of Jackfield's neighbours that ship with the product: [`sap`] logs agents on and receives events as SAP CRM does, [`callers`] are
//! the people outside who call the embedded switch, [`telephone`] lets them call one that runs in another process.
//!
//! They know nothing of the service's own codec: a fault in it cannot hide behind its mirror.

pub mod administrator;
pub mod callers;
pub mod cic;
pub mod cloud;
pub mod ear;
mod listening;
pub mod sap;
pub mod sld;
pub mod telephone;
