//! Which switch is behind the service under test. What SAP sees is the same with each, so that one body is two tests:
//!
//! ```ignore
//! on_each_switch!(an_agent_takes_a_call);
//!
//! fn an_agent_takes_a_call(switch: Switch) {
//!     let program = Program::on(switch, site::FILE);
//! }
//! ```
//!
//! makes the tests `embedded::an_agent_takes_a_call` and `icws::an_agent_takes_a_call`. The program knows where people outside reach its switch
//! ([`crate::outside`]); nothing else differs.

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The one that is built in; it ends with the service.
    Embedded,
    /// A CIC server over its REST interface: the simulator, in a process of its own.
    Icws,
}

/// Makes two tests of each function that takes a [`Switch`]; see the module.
#[macro_export]
macro_rules! on_each_switch {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(#[test] fn $name() { super::$name($crate::switch::Switch::Embedded) })+
        }
        mod icws {
            $(#[test] fn $name() { super::$name($crate::switch::Switch::Icws) })+
        }
    };
}
