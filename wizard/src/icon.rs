//! Icons: glyphs of the Phosphor font (MIT, see `assets/fonts`), cut down to those that are used. They are painted, never read out: every
//! control that shows one has an accessible name of its own.

/// Arrow down.
pub const ARROW_DOWN: char = '\u{e03e}';
/// Arrow left.
pub const ARROW_LEFT: char = '\u{e058}';
/// Arrow right.
pub const ARROW_RIGHT: char = '\u{e06c}';
/// Arrow u up left.
pub const ARROW_U_UP_LEFT: char = '\u{e08a}';
/// Arrow u up right.
pub const ARROW_U_UP_RIGHT: char = '\u{e08c}';
/// Arrow up.
pub const ARROW_UP: char = '\u{e08e}';
/// Arrows clockwise.
pub const ARROWS_CLOCKWISE: char = '\u{e094}';
/// Arrows down up.
pub const ARROWS_DOWN_UP: char = '\u{e098}';
/// Caret down.
pub const CARET_DOWN: char = '\u{e136}';
/// Caret right.
pub const CARET_RIGHT: char = '\u{e13a}';
/// Chats circle.
pub const CHATS_CIRCLE: char = '\u{e17e}';
/// Check.
pub const CHECK: char = '\u{e182}';
/// Check circle.
pub const CHECK_CIRCLE: char = '\u{e184}';
/// Clock.
pub const CLOCK: char = '\u{e19a}';
/// Clock counter clockwise.
pub const CLOCK_COUNTER_CLOCKWISE: char = '\u{e1a0}';
/// Copy.
pub const COPY: char = '\u{e1ca}';
/// Desktop.
pub const DESKTOP: char = '\u{e560}';
/// Dots six vertical.
pub const DOTS_SIX_VERTICAL: char = '\u{eae2}';
/// Download simple.
pub const DOWNLOAD_SIMPLE: char = '\u{e20c}';
/// Eye.
pub const EYE: char = '\u{e220}';
/// Eye slash.
pub const EYE_SLASH: char = '\u{e224}';
/// File plus.
pub const FILE_PLUS: char = '\u{e236}';
/// File text.
pub const FILE_TEXT: char = '\u{e23a}';
/// Floppy disk.
pub const FLOPPY_DISK: char = '\u{e248}';
/// Folder open.
pub const FOLDER_OPEN: char = '\u{e256}';
/// Gear.
pub const GEAR: char = '\u{e270}';
/// Globe.
pub const GLOBE: char = '\u{e288}';
/// Hard drives.
pub const HARD_DRIVES: char = '\u{e2a0}';
/// Hash.
pub const HASH: char = '\u{e2a2}';
/// House.
pub const HOUSE: char = '\u{e2c2}';
/// Identification card.
pub const IDENTIFICATION_CARD: char = '\u{e2c8}';
/// Info.
pub const INFO: char = '\u{e2ce}';
/// Key.
pub const KEY: char = '\u{e2d6}';
/// List.
pub const LIST: char = '\u{e2f0}';
/// List checks.
pub const LIST_CHECKS: char = '\u{eadc}';
/// Lock simple.
pub const LOCK_SIMPLE: char = '\u{e308}';
/// Magnifying glass.
pub const MAGNIFYING_GLASS: char = '\u{e30c}';
/// Monitor.
pub const MONITOR: char = '\u{e32e}';
/// Moon.
pub const MOON: char = '\u{e330}';
/// Notepad.
pub const NOTEPAD: char = '\u{e63e}';
/// Paper plane tilt.
pub const PAPER_PLANE_TILT: char = '\u{e398}';
/// Pause.
pub const PAUSE: char = '\u{e39e}';
/// Pencil simple.
pub const PENCIL_SIMPLE: char = '\u{e3b4}';
/// Phone.
pub const PHONE: char = '\u{e3b8}';
/// Phone call.
pub const PHONE_CALL: char = '\u{e3ba}';
/// Play.
pub const PLAY: char = '\u{e3d0}';
/// Plugs connected.
pub const PLUGS_CONNECTED: char = '\u{eb5a}';
/// Plus.
pub const PLUS: char = '\u{e3d4}';
/// Pulse.
pub const PULSE: char = '\u{e000}';
/// Question.
pub const QUESTION: char = '\u{e3e8}';
/// Signpost.
pub const SIGNPOST: char = '\u{e89c}';
/// Sliders.
pub const SLIDERS: char = '\u{e432}';
/// Stethoscope.
pub const STETHOSCOPE: char = '\u{e7ea}';
/// Stop.
pub const STOP: char = '\u{e46c}';
/// Sun.
pub const SUN: char = '\u{e472}';
/// Tag.
pub const TAG: char = '\u{e478}';
/// Toggle left.
pub const TOGGLE_LEFT: char = '\u{e674}';
/// Trash.
pub const TRASH: char = '\u{e4a6}';
/// Upload simple.
pub const UPLOAD_SIMPLE: char = '\u{e4c0}';
/// Users.
pub const USERS: char = '\u{e4d6}';
/// Warning.
pub const WARNING: char = '\u{e4e0}';
/// Warning circle.
pub const WARNING_CIRCLE: char = '\u{e4e2}';
/// X.
pub const X: char = '\u{e4f6}';
