//! Scripts for browsers: modules that lie in the tree as browsers load them, joined into one text.
//!
//! Each module becomes a scope of its own, in an order in which all that it imports comes first. Nothing is rewritten but
//! imports and exports; comments, and the spaces that lines begin with, are left out. Separate because the pages 核验 and 签署
//! share modules and this way of serving them.

use std::fmt::Write as _;

/// Joins scopes into one script; `license` stands at its top.
pub(crate) fn join(license: &str, scopes: &[String]) -> String {
    let scopes = scopes.concat();
    format!(
        "/*! greenlien, Apache License 2.0. {license}*/\n(() => {{\n\"use strict\";\n{scopes}}})();\n"
    )
}

/// Makes the scopes of modules, in their order.
pub(crate) fn texts(modules: &[(&str, &str)]) -> String {
    modules
        .iter()
        .map(|(name, text)| joined(name, text))
        .collect()
}

/// Joins modules of another author, whose file names are also those of ours, into one scope that is the last of them.
pub(crate) fn group(name: &str, modules: &[(&str, &str)]) -> String {
    let inner = texts(modules);
    let last = modules
        .last()
        .map(|(name, _)| scope(name))
        .unwrap_or_default();
    format!(
        "const {} = (() => {{\n{inner}return {last};\n}})();\n",
        scope(name)
    )
}

/// The name of a module's scope, from its file.
pub(crate) fn scope(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    format!("module_{}", file.trim_end_matches(".js").replace('-', "_"))
}

/// One module as a scope that returns what the module exports.
fn joined(name: &str, text: &str) -> String {
    let mut body = String::new();
    let mut exports: Vec<String> = Vec::new();
    let mut statement = String::new();
    for line in uncommented(text) {
        let begins = line.starts_with("import ") || line.starts_with("export {");
        if begins || !statement.is_empty() {
            statement.push_str(line);
            if line.trim_end().ends_with(';') {
                match statement.strip_prefix("export {") {
                    Some(names) => exports.extend(exported(names)),
                    None => body.push_str(&imported(&statement)),
                }
                statement.clear();
            }
            continue;
        }
        let rest = line.strip_prefix("export ").unwrap_or(line);
        if rest.len() < line.len() {
            exports.push(declared(rest));
        }
        body.push_str(rest.trim_start());
        body.push('\n');
    }
    let exports = exports.join(", ");
    format!(
        "const {} = (() => {{\n{body}return {{ {exports} }};\n}})();\n",
        scope(name)
    )
}

/// The lines of a module without those that are comments from their first sign on.
pub(crate) fn uncommented(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let start = line.trim_start();
        // A comment that ends before the line does belongs to what follows it.
        let is_comment =
            start.starts_with("/*") && (!start.contains("*/") || start.trim_end().ends_with("*/"));
        inside = inside || is_comment;
        if !inside && !start.starts_with("//") && !start.is_empty() {
            lines.push(line);
        }
        if line.trim_end().ends_with("*/") {
            inside = false;
        }
    }
    lines
}

/// An import as constants taken from the scope of the other module.
fn imported(statement: &str) -> String {
    let from = statement.rsplit_once(" from ");
    let (names, path) = from.unwrap_or((statement, ""));
    let path = path.trim_matches(|c| matches!(c, '"' | '\'' | ';' | ' '));
    let names = names.trim_start_matches("import ").trim();
    let names = match names.strip_prefix("* as ") {
        Some(whole) => whole.to_owned(),
        None => names.replace(" as ", ": "),
    };
    format!("const {names} = {};\n", scope(path))
}

/// The names of `export { a, b };`, which has no others.
fn exported(names: &str) -> Vec<String> {
    let names = names.split('}').next().unwrap_or_default();
    let names = names.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name that `const`, `function` or `class` declares.
fn declared(line: &str) -> String {
    let words = line.trim_start_matches("async ");
    let name = words.split_once(' ').map_or("", |(_, rest)| rest);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let name = name.trim_start_matches(['*', ' ']);
    let mut declared = String::new();
    let _ = write!(
        declared,
        "{}",
        name.split(|c| !is_part(c)).next().unwrap_or_default()
    );
    declared
}

/// Whether every text of a module ends on the line on which it begins, so that no space within it is left out.
#[cfg(test)]
pub(crate) fn ends_its_texts(module: &str) -> bool {
    uncommented(module).into_iter().all(|line| {
        let marks = line.replace("\\`", "").matches('`').count();
        marks.is_multiple_of(2) && !line.ends_with('\\')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_becomes_a_scope_that_returns_its_exports() {
        let text = "//! What it is.\nimport { a, b as c } from \"./x-y.js\";\nimport * as all from \"./z.js\";\n\n\
                    /// A comment.\nexport const one = a;\nexport function* two() {\n  return c;\n}\n\
                    /** A comment. */\n/*\n more\n*/\n/* pure */ two();\nexport { all };\n";
        let expected = "const module_m = (() => {\nconst { a, b: c } = module_x_y;\nconst all = module_z;\n\
                        const one = a;\nfunction* two() {\nreturn c;\n}\n/* pure */ two();\n\
                        return { one, two, all };\n})();\n";
        assert_eq!(joined("m.js", text), expected);
    }

    #[test]
    fn a_text_that_goes_on_on_the_next_line_is_seen() {
        assert!(ends_its_texts(
            "const one = `a ${b} c`;\n// `\nconst two = `\\``;"
        ));
        assert!(!ends_its_texts("const one = `a\n  b`;"));
        assert!(!ends_its_texts("const one = \"a\\\n  b\";"));
    }
}
