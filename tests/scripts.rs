//! The house rules for scripts (`web/`): separate from those for Rust, whose words and rooms they do not have.

use crate::architecture::{assert_none, banned_words, text_faults};
use crate::sources::{Source, read, texts};

/// Scripts of the pages: the same house rules, and nothing from outside but the vendored files, byte for byte as listed.
#[test]
fn scripts_follow_the_house_rules_and_import_nothing_from_outside() {
    let (vendored, own): (Vec<Source>, Vec<Source>) = scripts()
        .into_iter()
        .partition(|file| file.name.contains("/vendor/"));
    assert!(own.len() > 20 && vendored.len() > 3);
    let lists = [
        "web/verifier/vendor/README.md",
        "web/signing/vendor/README.md",
    ]
    .map(read);
    let mut faults = Vec::new();
    for file in &vendored {
        let digest = greenlien::primitives::crypto::Hash::of(&[file.text.as_bytes()]);
        if !lists
            .iter()
            .any(|list| list.contains(&format!("`{digest}`")))
        {
            faults.push(format!(
                "{}: its digest is not in vendor/README.md",
                file.name
            ));
        }
    }
    for file in &own {
        faults.extend(text_faults(&file.name, &file.text));
        faults.extend(banned_words(&file.name, &file.text));
        let imports = file
            .text
            .lines()
            .filter(|line| line.starts_with("import ") || line.starts_with("} from "));
        let strangers = imports.filter(|line| {
            let inside = (line.contains(" from \"./") || line.contains(" from \"../verifier/"))
                && line.ends_with(".js\";");
            let node = file.name.contains(".mjs") && line.contains(" from \"node:");
            let opens = line.ends_with('{');
            !(inside || node || opens)
        });
        faults.extend(strangers.map(|line| format!("{}: {line}", file.name)));
    }
    assert_none(faults);
}

fn scripts() -> Vec<Source> {
    let endings = ["js", "mjs"].into_iter();
    endings.flat_map(|ending| texts("web", ending)).collect()
}
