//! The controls that pages are made of: each has an accessible name, its findings beneath it, and draws by the theme alone.

pub mod button;
pub mod setting;
pub mod text;
