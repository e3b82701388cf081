//! Keeping an organisation of Genesys Cloud in step, with whole programs: `jackfield run` on its built-in switch, `jackfield simulate cloud` as the
//! organisation, random edits of the file in between, answers that are lost and kills at random moments. In the end the organisation must have what
//! the file says, what somebody else has put there must be as it was, and requests must not be many more than a site is told beforehand.

mod organisation;
mod site;

use crate::{killing::chance::Chance, lab, program::Program};
use organisation::Organisation;
use serde_json::Value;
use site::Site;
use std::{
    fmt,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

/// So often an administrator asks again after a run that came to nothing because an answer was lost.
const TRIES: usize = 10;
/// Requests a minute that the organisation allows, so that the bridge sends as many as a file may ask for at most.
const ALLOWED: u32 = 3750;
/// Milliseconds after which those who read see what was written.
const LAG: u64 = 300;

/// How large a site is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Users.
    pub users: usize,
    /// Workgroups.
    pub workgroups: usize,
    /// Skills.
    pub skills: usize,
    /// Wrap-up codes.
    pub codes: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// How large the site was to begin with.
    pub size: Size,
    /// Requests of the first complete run, by operation.
    pub first: Vec<(String, u64)>,
    /// As many as the size of the organisation says.
    pub estimate: u64,
    /// How long that run took.
    pub took: Duration,
    /// Requests of a complete run that finds nothing to do, and how long it took.
    pub idle: (u64, Duration),
    /// Rounds of edits, edits in all, and kills.
    pub rounds: (usize, usize, usize),
    /// Requests of all rounds together.
    pub requests: u64,
    /// Answers that were lost on purpose.
    pub lost: usize,
    /// Memory of the program in the end, in MiB.
    pub memory: u64,
    /// In what the organisation differs from the file, or has lost what was not ours.
    pub differences: Vec<String>,
}

// === impl Size ===

impl Size {
    /// Requests of a first run: one for each thing, members and codes in hundreds, and the reading back in pages of 25 users and 100 others.
    fn estimate(self, site: &Site) -> u64 {
        let hundreds = |count: usize| count.div_ceil(100);
        let written = self.users + self.skills + self.codes + self.workgroups;
        let joined: usize = site.workgroups().map(|(members, codes)| hundreds(members) + hundreds(codes)).sum();
        let read = self.users.div_ceil(25) + hundreds(self.skills) + hundreds(self.codes) + hundreds(self.workgroups);
        // What is there before is looked at too, with nearly nothing in it.
        u64::try_from(written + joined + read + 20).unwrap_or(u64::MAX)
    }
}

/// Keeps an organisation in step through so many rounds.
///
/// # Panics
/// When a program does not start, or an administrator's order is never carried out.
pub fn keep(extent: Size, rounds: usize, seed: u64) -> Report {
    let mut chance = Chance::new(seed);
    let mut site = Site::new(extent, &mut chance);
    let organisation = Organisation::start(ALLOWED, LAG);
    let strangers = organisation.settle_strangers(&site);
    // What others made long ago is seen by everybody.
    thread::sleep(2 * Duration::from_millis(LAG));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = |site: &Site| file(folder.path(), &organisation.url(), site);

    organisation.forget_calls();
    let began = Instant::now();
    let mut program = start(folder.path(), &file(&site));
    sync(&program, &["sync"]);
    let took = began.elapsed();
    let (first, _) = organisation.calls();
    let estimate = extent.estimate(&site);
    organisation.join_strangers(&site, &strangers);

    organisation.forget_calls();
    let (mut edits, mut kills, mut lost) = (0, 0, 0);
    for _ in 0..rounds {
        for _ in 0..=chance.below(11) {
            site.edit(&mut chance);
            edits += 1;
        }
        if chance.below(3) == 0 {
            organisation.lose_an_answer(["POST", "PATCH", "DELETE"][usize::try_from(chance.below(3)).unwrap_or_default()]);
            lost += 1;
        }
        let text = file(&site);
        if chance.below(2) == 0 {
            // It is killed in the middle of whatever it does for this file, and started again.
            write(&program, &text);
            thread::sleep(Duration::from_millis(chance.below(6_000)));
            program.kill();
            program = start(folder.path(), &text);
            kills += 1;
        } else {
            write(&program, &text);
        }
        thread::sleep(Duration::from_millis(chance.below(3_000)));
    }
    organisation.nothing_goes_wrong();
    // What the program was told last it may have heard of only now.
    program.signal("HUP");
    sync(&program, &["sync", "--force"]);
    let (_, requests) = organisation.calls();
    let mut differences = organisation.differences(&site, &strangers);

    organisation.forget_calls();
    let began = Instant::now();
    let again = sync(&program, &["sync", "--force", "--json"]);
    let idle = (organisation.calls().1, began.elapsed());
    let again: Value = serde_json::from_str(&again).expect("JSON");
    if again["steps"] != 0 {
        differences.push(format!("a further run finds something to do: {again}"));
    }
    let memory = crate::conduit::resident(program.id());
    Report { size: extent, first, estimate, took, idle, rounds: (rounds, edits, kills), requests, lost, memory, differences }
}

/// The file of a site.
fn file(folder: &Path, url: &str, site: &Site) -> String {
    let secret = folder.join("secret");
    if !secret.exists() {
        std::fs::write(&secret, "of-the-client").expect("a temporary file can be written");
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("our own file");
    }
    format!(
        "[store]\npath = \"{}\"\n\n[genesys_cloud]\nenabled = true\nhost = \"{url}\"\norganization = \"double\"\nclient_id = \"{}\"\n\
         client_secret = \"file:{}\"\nsync_platform_objects = true\ndeletion = \"guide\"\nmost_removals = 100000\nmost_removals_percent = 100\n\
         requests_per_minute = 3000\nadmin_user = \"\"\nbrowser_clients = [\"https://desk.example.com/\"]\ntreat_as_language = [{}]\n\n{}",
        folder.join("store").display(),
        organisation::BRIDGE,
        secret.display(),
        site.languages(),
        site.section(),
    )
}

fn start(folder: &Path, file: &str) -> Program {
    Program::with_store(folder, file, None).unwrap_or_else(|program| panic!("it does not start: {}", program.log()))
}

/// Another file in the place of the one that it runs by, as an editor does it.
fn write(program: &Program, file: &str) {
    let (config, other) = (program.config(), program.config().with_extension("new"));
    std::fs::write(&other, file).expect("a temporary file can be written");
    std::fs::rename(&other, &config).expect("within one folder");
}

/// Has the administrator's order carried out, however often an answer is lost.
fn sync(program: &Program, words: &[&str]) -> String {
    let mut last = None;
    for _ in 0..TRIES {
        let output = jackfield(&[&["bridge"], words, &["--admin", &program.admin.to_string()]].concat());
        if output.status.success() {
            return String::from_utf8_lossy(&output.stdout).into_owned();
        }
        last = Some(output);
        thread::sleep(Duration::from_secs(1));
    }
    panic!("{words:?} is not carried out: {last:?}\n{}", program.log())
}

fn jackfield(words: &[&str]) -> Output {
    Command::new(lab::jackfield()).args(words).output().expect("the program starts")
}

// === impl Report ===

impl Report {
    /// Is the organisation as it should be, for about as many requests as were told beforehand?
    pub fn is_good(&self) -> bool {
        let first = self.first_requests();
        self.differences.is_empty() && first <= self.estimate + self.estimate / 10
    }

    /// Requests of the first complete run.
    pub fn first_requests(&self) -> u64 {
        self.first.iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { users, workgroups, skills, codes } = self.size;
        let (rounds, edits, kills) = self.rounds;
        writeln!(
            f,
            "{users} users, {workgroups} workgroups, {skills} skills, {codes} codes: {} requests of {} estimated in {:.1} s, {} a minute at most",
            self.first_requests(),
            self.estimate,
            self.took.as_secs_f64(),
            ALLOWED / 5 * 4,
        )?;
        for (operation, count) in &self.first {
            writeln!(f, "  {count:>6} {operation}")?;
        }
        writeln!(f, "with nothing to do: {} requests in {:.1} s", self.idle.0, self.idle.1.as_secs_f64())?;
        writeln!(
            f,
            "{rounds} rounds with {edits} edits, {kills} kills and {} lost answers: {} requests; memory {} MiB",
            self.lost, self.requests, self.memory
        )?;
        for difference in &self.differences {
            writeln!(f, "  {difference}")?;
        }
        write!(f, "{}", if self.differences.is_empty() { "the organisation has what the file says" } else { "NOT IN STEP" })
    }
}
