//! The controls that pages are made of: each has an accessible name, its findings beneath it, and draws by the theme alone.

pub mod button;
pub mod editor;
pub mod facts;
pub mod finding;
pub mod list;
pub mod locked;
pub mod map;
pub mod modal;
pub mod path;
pub mod picker;
pub mod rows;
pub mod secret;
pub mod setting;
pub mod sheet;
pub mod suggest;
pub mod table;
pub mod tabs;
pub mod text;
pub mod try_it;
