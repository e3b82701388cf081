//! What gets the keyboard's focus comes into sight: a person who goes through a long page by Tab sees where he is.

use egui::{Context, Event, Id, accesskit};

/// Where the focus was in the last frame.
#[derive(Default)]
pub(super) struct Follower(Option<Id>);

impl Follower {
    /// Asks for scrolling when the focus has moved to something that is hidden, if only in part. What the mouse has chosen is in sight, and
    /// must not move away beneath it.
    pub(super) fn follow(&mut self, context: &Context) {
        let focused = context.memory(egui::Memory::focused);
        if focused == self.0 {
            return;
        }
        self.0 = focused;
        let Some(response) = focused.and_then(|id| context.read_response(id)) else { return };
        if response.interact_rect.contains_rect(response.rect) || context.input(|input| input.pointer.any_down()) {
            return;
        }
        // As a screen reader asks for it; egui knows then which scroll area it is in.
        let request = accesskit::ActionRequest {
            action: accesskit::Action::ScrollIntoView,
            target_tree: accesskit::TreeId::ROOT,
            target_node: response.id.accesskit_id(),
            data: None,
        };
        context.input_mut(|input| input.events.push(Event::AccessKitActionRequest(request)));
        context.request_repaint();
    }
}
