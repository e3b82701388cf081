//! What came of a switchover, in figures.

use std::{fmt, time::Duration};

/// See the module. Times count from the moment at which the first server was killed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Agents who were logged on.
    pub agents: usize,
    /// Until the other server had taken over.
    pub taken_over: Duration,
    /// Until the first, half, and all agents had their workmode again, as SAP was told.
    pub back: [Duration; 3],
    /// Agents whom SAP showed *Server Down*, and *Attempt Reconnect*.
    pub shown: [usize; 2],
    /// Items that SAP went on to show, because the switch went on with them.
    pub kept: usize,
    /// Items that SAP was told the end of, because the switch had lost them.
    pub ended: usize,
    /// Items that the switch had and SAP did not show any more.
    pub lost: usize,
    /// Agents who were ready afterwards and had not been before.
    pub wrongly_ready: usize,
    /// What the other server was asked in its busiest second: requests, and log-ins among them.
    pub busiest: [u64; 2],
    /// Log-ins a second that the file lets be.
    pub limit: u64,
    /// Commands that were carried out on what went on.
    pub commands: usize,
    /// Whatever must not be.
    pub failures: Vec<String>,
}

/// In this time all of five hundred are to be back.
const AIM: Duration = Duration::from_secs(30);

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, half, all] = self.back.map(|time| time.as_secs_f64());
        let aim = if self.back[2] <= AIM { "within" } else { "beyond" };
        writeln!(f, "{} agents; the other server had taken over after {:.1} s", self.agents, self.taken_over.as_secs_f64())?;
        writeln!(
            f,
            "back: the first after {first:.1} s, half after {half:.1} s, all after {all:.1} s ({aim} the aim of {} s)",
            AIM.as_secs()
        )?;
        writeln!(f, "SAP showed Server Down to {}, Attempt Reconnect to {}, and then the old workmode", self.shown[0], self.shown[1])?;
        writeln!(
            f,
            "items: {} kept, {} ended with the server, {} lost; agents wrongly ready: {}",
            self.kept, self.ended, self.lost, self.wrongly_ready
        )?;
        writeln!(
            f,
            "the other server's busiest second: {} requests, {} log-ins (the file allows {})",
            self.busiest[0], self.busiest[1], self.limit
        )?;
        writeln!(f, "{} commands carried out on what went on", self.commands)?;
        write!(f, "{} claims failed", self.failures.len())?;
        self.failures.iter().take(20).try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}
