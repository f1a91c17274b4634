//! How a page is read aloud: titles, paragraphs and tables in their order, each with its language, beside how it looks.
//!
//! Kept apart from the drawing, which puts marks where they stand: a screen reader goes by this tree alone (PDF/UA-1), and what no
//! element has, such as a rule or the foot of a page, it passes over.

use std::num::NonZeroU16;

use krilla::destination::XyzDestination;
use krilla::geom::{Point, Rect};
use krilla::outline::{Outline, OutlineNode};
use krilla::tagging::{BBox, Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// What an element is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// A title of this level, from 1.
    Heading(u16),
    Paragraph,
    /// A drawing; its text tells what it says.
    Figure,
    Table,
    TableHead,
    TableBody,
    Row,
    /// The title of a column.
    ColumnTitle,
    /// The title of a row.
    RowTitle,
    Cell,
}

/// The number of an element.
pub(super) type ElementId = usize;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Element {
    role: Role,
    /// The whole text, however it is broken into lines.
    text: String,
    parent: Option<ElementId>,
}

/// The elements in the order in which they are read.
#[derive(Default)]
pub(super) struct Reading {
    elements: Vec<Element>,
    open: Vec<ElementId>,
    /// How deep the elements are that are passed over.
    passed: usize,
}

impl Reading {
    /// Begins an element within the one that is open.
    pub(super) fn begin(&mut self, role: Role, text: &str) {
        if self.passed > 0 {
            self.passed += 1;
            return;
        }
        let parent = self.open.last().copied();
        self.open.push(self.elements.len());
        self.elements.push(Element {
            role,
            text: text.to_owned(),
            parent,
        });
    }

    /// Begins something that is not read, such as the head of a table on its second page.
    pub(super) fn pass_over(&mut self) {
        self.passed += 1;
    }

    /// Ends what was begun last.
    pub(super) fn end(&mut self) {
        match self.passed.checked_sub(1) {
            Some(passed) => self.passed = passed,
            None => {
                self.open.pop();
            }
        }
    }

    /// Returns the element that is open.
    pub(super) fn current(&self) -> Option<ElementId> {
        let open = self.open.last().copied();
        open.filter(|_| self.passed == 0)
    }

    /// Makes the tree of what was drawn for each element; a drawing has its place.
    pub(super) fn tree(
        &self,
        drawn: &[Vec<Identifier>],
        places: &[Option<(usize, Rect)>],
    ) -> TagTree {
        // An element stands behind its parent, so from the end on each has all its children when it is put among its siblings.
        let mut children: Vec<Vec<Node>> = vec![Vec::new(); self.elements.len()];
        let mut top = Vec::new();
        for (id, element) in self.elements.iter().enumerate().rev() {
            let own = children.pop().unwrap_or_default().into_iter().rev();
            let leaves = drawn.get(id).into_iter().flatten();
            let leaves = leaves.map(|leaf| Node::Leaf(*leaf));
            let place = places.get(id).copied().flatten();
            let group = TagGroup::with_children(element.tag(place), leaves.chain(own).collect());
            let siblings = element.parent.and_then(|parent| children.get_mut(parent));
            siblings.unwrap_or(&mut top).push(Node::Group(group));
        }
        let mut tree = TagTree::new().with_lang(Some(ZH.to_owned()));
        tree.children = top.into_iter().rev().collect();
        tree
    }

    /// Makes the list of titles; `place` says on which page and where an element stands.
    pub(super) fn outline(&self, place: impl Fn(ElementId) -> Option<(usize, Point)>) -> Outline {
        let mut outline = Outline::new();
        for (id, element) in self.elements.iter().enumerate() {
            if let (Role::Heading(_), Some((page, at))) = (&element.role, place(id)) {
                let to = XyzDestination::new(page, at);
                outline.push_child(OutlineNode::new(element.text.clone(), to));
            }
        }
        outline
    }

    /// How many elements there are.
    pub(super) fn count(&self) -> usize {
        self.elements.len()
    }
}

/// What the attached file is known by (`verify::certificate::attachment`).
const EMBEDDED: &str = "/Type/EmbeddedFile";
const ZH: &str = "zh-CN";
const EN: &str = "en";

impl Element {
    fn tag(&self, place: Option<(usize, Rect)>) -> TagKind {
        let lang = language(&self.text).map(str::to_owned);
        let text = self.text.clone();
        match self.role {
            Role::Heading(level) => {
                let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
                let tag = Tag::Hn(level, Some(text.clone()));
                tag.with_lang(lang).with_actual_text(Some(text)).into()
            }
            Role::Paragraph => {
                // Whoever takes the attached file out looks for these words, which a person may have written too.
                let text = Some(text).filter(|text| !text.contains(EMBEDDED));
                Tag::P.with_lang(lang).with_actual_text(text).into()
            }
            Role::Figure => {
                let tag = Tag::Figure(Some(text)).with_lang(lang);
                tag.with_bbox(place.map(|(page, rect)| BBox::new(page, rect)))
                    .into()
            }
            Role::Table => Tag::Table.into(),
            Role::TableHead => Tag::THead.into(),
            Role::TableBody => Tag::TBody.into(),
            Role::Row => Tag::TR.into(),
            Role::ColumnTitle => Tag::TH(TableHeaderScope::Column).into(),
            Role::RowTitle => Tag::TH(TableHeaderScope::Row).into(),
            Role::Cell => Tag::TD.into(),
        }
    }
}

/// The language of a text: Chinese where it has a Han character, else English where it has words; numbers are read in the
/// language around them.
fn language(text: &str) -> Option<&'static str> {
    if text.chars().any(|c| ('\u{2e80}'..='\u{9fff}').contains(&c)) {
        return Some(ZH);
    }
    text.chars().any(|c| c.is_ascii_lowercase()).then_some(EN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_language_of_its_letters() {
        assert_eq!(language("查询证明 certificate"), Some(ZH));
        assert_eq!(language("The record of R41"), Some(EN));
        assert_eq!(language("R41 120.000"), None);
    }

    #[test]
    fn what_is_passed_over_is_no_element() {
        let mut reading = Reading::default();
        reading.begin(Role::Table, "");
        reading.pass_over();
        reading.begin(Role::Row, "");
        assert_eq!(reading.current(), None);
        reading.end();
        reading.end();
        assert_eq!(reading.current(), Some(0));
        reading.end();
        assert_eq!((reading.current(), reading.count()), (None, 1));
    }
}
