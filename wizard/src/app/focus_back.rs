//! Where the focus goes when what was shown above the page is closed: back to where it came from. egui lets it fall.

use egui::{Context, Id};

/// Remembers who had the focus.
#[derive(Default)]
pub(super) struct Returning {
    /// Who had it in the last frame without anything above the page.
    last: Option<Id>,
    /// Who gets it back.
    back: Option<Id>,
    was_covered: bool,
}

impl Returning {
    /// Is something shown above the page?
    pub(super) fn is_covered(&self, context: &Context) -> bool {
        context.memory(|memory| memory.top_modal_layer().is_some())
    }

    /// Called at the end of each frame; `decided` when something else is to get the focus.
    pub(super) fn follow(&mut self, context: &Context, decided: bool) {
        let covered = self.is_covered(context);
        let focused = context.memory(egui::Memory::focused);
        match (self.was_covered, covered) {
            (false, true) => self.back = self.last,
            (true, false) if !decided && focused.is_none() => {
                if let Some(back) = self.back.take() {
                    context.memory_mut(|memory| memory.request_focus(back));
                    context.request_repaint();
                }
            }
            _ => {}
        }
        if !covered {
            self.last = focused.or(self.last.filter(|_| context.input(|input| !input.pointer.any_pressed())));
        }
        self.was_covered = covered;
    }
}
