//! Pictures of every page, in light and dark, for the documentation: `--screenshot DIR`.

use crate::page::PageId;
use egui::{ColorImage, Context, Theme, ViewportCommand};
use std::{
    fs, io,
    path::PathBuf,
    sync::{Arc, mpsc},
};

/// Frames until a page has settled: fonts, sizes of panels, and what it asks jobs for at once.
const SETTLE: u32 = 6;

/// What is still to be taken.
pub struct Screenshots {
    folder: PathBuf,
    /// From the end on.
    todo: Vec<(Theme, PageId)>,
    now: Option<(Theme, PageId)>,
    frames: u32,
    picture: Option<mpsc::Receiver<Arc<ColorImage>>>,
}

/// What the window is to do next.
pub enum Step {
    /// Show a page in a theme.
    Show(Theme, PageId),
    /// Go on drawing.
    Wait,
    /// All pictures are there.
    Done,
}

impl Screenshots {
    /// Pictures of these pages, into a folder that is made when it is not there.
    pub fn new(folder: PathBuf, pages: impl Iterator<Item = PageId>) -> Self {
        let mut todo: Vec<_> = pages.flat_map(|page| [(Theme::Light, page), (Theme::Dark, page)]).collect();
        todo.reverse();
        Self { folder, todo, now: None, frames: 0, picture: None }
    }

    /// One frame further.
    pub fn step(&mut self, context: &Context) -> Step {
        context.request_repaint();
        if let Some(receiver) = &self.picture {
            let Ok(picture) = receiver.try_recv() else { return Step::Wait };
            self.picture = None;
            let Some((theme, page)) = self.now.take() else { return Step::Wait };
            if let Err(error) = self.store(theme, page, &picture) {
                use io::Write;
                let _ = writeln!(io::stderr(), "{}: {error}", self.folder.display());
                return Step::Done;
            }
        }
        match self.now {
            None => match self.todo.pop() {
                None => Step::Done,
                Some((theme, page)) => {
                    self.now = Some((theme, page));
                    self.frames = 0;
                    Step::Show(theme, page)
                }
            },
            Some(_) if self.frames < SETTLE => {
                self.frames += 1;
                Step::Wait
            }
            Some(_) => {
                let (sender, receiver) = mpsc::channel();
                let waker = context.clone();
                let callback = egui::ScreenshotCallback::new(move |picture| {
                    // Nobody waits any more when the window was closed.
                    let _ = sender.send(picture);
                    waker.request_repaint();
                });
                context.send_viewport_cmd(ViewportCommand::Screenshot(callback));
                self.picture = Some(receiver);
                Step::Wait
            }
        }
    }

    fn store(&self, theme: Theme, page: PageId, picture: &ColorImage) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let theme = if theme == Theme::Light { "light" } else { "dark" };
        let file = self.folder.join(format!("{}-{theme}.png", page.0));
        let [width, height] = picture.size.map(|side| u32::try_from(side).unwrap_or(0));
        let bytes: Vec<u8> = picture.pixels.iter().flat_map(egui::Color32::to_array).collect();
        image::save_buffer(file, &bytes, width, height, image::ColorType::Rgba8).map_err(io::Error::other)
    }
}
