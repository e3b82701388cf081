//! What the system says of this process: memory, processor time, files. Linux only; elsewhere nothing is known.

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Process {
    /// Processor time, user and system, in seconds.
    pub cpu: f64,
    /// Bytes in RAM.
    pub resident: u64,
    /// Bytes of address space.
    pub addresses: u64,
    /// Threads.
    pub threads: u64,
    /// File descriptors in use.
    pub open_files: u64,
    /// File descriptors that there may be; `None`: without a limit.
    pub most_files: Option<u64>,
}

/// This process now.
#[cfg(target_os = "linux")]
pub fn look() -> Option<Process> {
    use rustix::{
        param::{clock_ticks_per_second, page_size},
        process::{Resource, getrlimit},
    };
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The one that lists them is one of them.
    let open_files = (std::fs::read_dir("/proc/self/fd").ok()?.count() as u64).saturating_sub(1);
    let read = read(&stat, clock_ticks_per_second(), page_size() as u64)?;
    Some(Process { open_files, most_files: getrlimit(Resource::Nofile).current, ..read })
}

/// This process now: nothing is known.
#[cfg(not(target_os = "linux"))]
pub fn look() -> Option<Process> {
    None
}

/// `/proc/self/stat` (proc(5)): the name in brackets may hold anything, and fields are counted behind it from the third.
#[cfg(any(target_os = "linux", test))]
fn read(stat: &str, ticks: u64, page: u64) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let time = std::time::Duration::from_millis((number(14)? + number(15)?).saturating_mul(1000) / ticks.max(1));
    Some(Process {
        cpu: time.as_secs_f64(),
        threads: number(20)?,
        addresses: number(23)?,
        resident: number(24)?.saturating_mul(page),
        ..Process::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_name_does_not_shift_the_fields() {
        let stat = "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 7 0 1000 4096000 250 18446744073709551615 1";
        let expected = Process { cpu: 2.0, threads: 7, addresses: 4_096_000, resident: 1_024_000, ..Process::default() };
        assert_eq!(read(stat, 100, 4096), Some(expected));
        assert_eq!(read("42 (a", 100, 4096), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory_and_files() {
        let process = look().unwrap();
        assert!(process.resident > 1_000_000 && process.threads >= 1 && process.open_files >= 3, "{process:?}");
    }
}
