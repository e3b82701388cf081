//! Where the focus goes when what was shown above the page is closed: back to where it came from. egui lets it fall.

use egui::{Context, Id, Popup};

/// Remembers who had the focus.
#[derive(Default)]
pub(super) struct Returning {
    /// Who had it last on the page itself.
    last: Option<Id>,
    /// Who gets it back.
    back: Option<Id>,
    was_covered: bool,
    /// Frames that are still drawn, though nothing asks for them.
    frames: u8,
}

impl Returning {
    /// At the beginning of a frame, before anything that opens can take the focus: is something shown above the page?
    pub(super) fn begin(&mut self, context: &Context) -> bool {
        let covered = is_covered(context);
        if !covered && !Popup::is_any_open(context) {
            self.last = context.memory(egui::Memory::focused);
        }
        covered
    }

    /// At the end of a frame; `decided` when something else is to get the focus.
    pub(super) fn end(&mut self, context: &Context, decided: bool) {
        let covered = is_covered(context);
        match (self.was_covered, covered) {
            (false, true) => self.back = self.last,
            (true, false) if !decided && context.memory(egui::Memory::focused).is_none() => {
                if let Some(back) = self.back.take() {
                    context.memory_mut(|memory| memory.request_focus(back));
                    context.request_repaint();
                }
            }
            _ => {}
        }
        self.was_covered = covered;
        // egui knows only a frame later that nothing lies above the page any more, and whoever closed it by a key has asked for one frame.
        if covered && context.input(|input| !input.events.is_empty()) {
            self.frames = 3;
        }
        if self.frames > 0 {
            self.frames -= 1;
            context.request_repaint();
        }
    }
}

fn is_covered(context: &Context) -> bool {
    context.memory(|memory| memory.top_modal_layer().is_some())
}
