//! The agent as SAP was told of him last: made once for each language that his subscribers read, when it is asked for.

use crate::domain::{Agent, AgentView, Language, Rules};
use std::sync::Arc;

/// See the module.
pub(super) struct Views {
    /// With each text as the switch calls it: what tells whether there is news.
    plain: Arc<AgentView>,
    translated: Vec<(Language, Arc<AgentView>)>,
}

// === impl Views ===

impl Views {
    pub(super) fn new(agent: &Agent, rules: &Rules) -> Self {
        Self { plain: Arc::new(agent.view(rules, None)), translated: Vec::new() }
    }

    /// Takes note of how the agent is now; `false`: no news.
    pub(super) fn renew(&mut self, agent: &Agent, rules: &Rules) -> bool {
        let view = agent.view(rules, None);
        let is_news = view != *self.plain;
        if is_news {
            *self = Self { plain: Arc::new(view), translated: Vec::new() };
        }
        is_news
    }

    /// The agent for a reader of this language.
    pub(super) fn of(&mut self, language: Option<&Language>, agent: &Agent, rules: &Rules) -> Arc<AgentView> {
        let Some(language) = language.filter(|language| agent.speaks(language)) else { return Arc::clone(&self.plain) };
        if let Some((_, view)) = self.translated.iter().find(|(known, _)| known == language) {
            return Arc::clone(view);
        }
        let view = Arc::new(agent.view(rules, Some(language)));
        self.translated.push((language.clone(), Arc::clone(&view)));
        view
    }
}
