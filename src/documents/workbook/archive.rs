//! What a workbook would unpack to, read from the directory of its ZIP archive before anything is unpacked.
//!
//! A directory can lie, so this saves time and not the machine: whoever reads a workbook does it in a process with limits.

use crate::documents::workbook::{PARTS_MAX, SAVE, TableFault, UNCOMPRESSED_BYTES_MAX};

/// Begins the record at the end of an archive, and each record of its directory.
const END: &[u8; 4] = b"PK\x05\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
/// Bytes of the record at the end, and the longest comment behind it.
const END_BYTES: usize = 22;
const COMMENT_BYTES_MAX: usize = 65_535;
/// Bytes of a record of the directory before its name.
const ENTRY_BYTES: usize = 46;

/// How parts are named by which an archive is known that is no workbook, with what it is.
const OTHERS: [(&[u8], &str, &str); 4] = [
    (b"word/", "Word 文档 (.docx)", "a Word document (.docx)"),
    (b"ppt/", "演示文稿 (.pptx)", "a presentation (.pptx)"),
    (
        b"META-INF/manifest.xml",
        "OpenDocument 文件 (.ods、.odt)",
        "an OpenDocument file (.ods, .odt)",
    ),
    (b"OFD.xml", "OFD 版式文件", "an OFD document"),
];

/// Refuses an archive whose directory says too much, or is none.
pub(super) fn check(bytes: &[u8]) -> Result<(), TableFault> {
    let odd = || {
        let reason = (
            "不是可以读取的工作簿 (.xlsx)",
            "is not a workbook (.xlsx) that can be read",
        );
        TableFault::new(reason, SAVE)
    };
    let from = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES_MAX);
    let tail = bytes.get(from..).unwrap_or_default();
    let at = tail
        .windows(4)
        .rposition(|window| window == END)
        .ok_or_else(odd)?
        + from;
    let end = bytes.get(at..at + END_BYTES).ok_or_else(odd)?;
    let (count, directory) = (number(end, 10, 2), number(end, 16, 4));
    let (Some(count), Some(directory)) = (count, directory) else {
        return Err(odd());
    };
    let parts = usize::try_from(count).unwrap_or(usize::MAX);
    if parts > PARTS_MAX {
        let reason = (
            format!("文件内有 {count} 个部分, 至多 {PARTS_MAX} 个"),
            format!("has {count} parts; a workbook may have {PARTS_MAX}"),
        );
        return Err(TableFault::new(reason, SAVE));
    }
    let mut at = usize::try_from(directory).map_err(|_| odd())?;
    let mut sum = 0_u64;
    for _ in 0..parts {
        let entry = bytes
            .get(at..)
            .and_then(|rest| rest.get(..ENTRY_BYTES))
            .ok_or_else(odd)?;
        if entry.get(..4) != Some(ENTRY) {
            return Err(odd());
        }
        let size = number(entry, 24, 4).ok_or_else(odd)?;
        sum = sum.saturating_add(size);
        let lengths = [28, 30, 32].map(|field| number(entry, field, 2).unwrap_or_default());
        let names = usize::try_from(lengths.iter().sum::<u64>()).map_err(|_| odd())?;
        let name = bytes
            .get(at.saturating_add(ENTRY_BYTES)..)
            .unwrap_or_default();
        let mut others = OTHERS.iter();
        if let Some((_, zh, en)) = others.find(|(part, ..)| name.starts_with(part)) {
            let reason = (
                format!("这是 {zh}, 不是表格"),
                format!("is {en} and no table"),
            );
            return Err(TableFault::new(reason, SAVE));
        }
        at = at.saturating_add(ENTRY_BYTES + names);
    }
    if sum > UNCOMPRESSED_BYTES_MAX {
        let reason = (
            format!("解压后有 {sum} 字节, 至多 {UNCOMPRESSED_BYTES_MAX} 字节"),
            format!("unpacks to {sum} bytes; a workbook may have {UNCOMPRESSED_BYTES_MAX}"),
        );
        let fix = (
            "请删去表格以外的内容, 并把长表分开",
            "remove what is no table, and split long tables",
        );
        return Err(TableFault::new(reason, fix));
    }
    Ok(())
}

/// A number of up to eight bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at + length)?;
    Some(
        part.iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(sizes: &[u32]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let directory = u32::try_from(bytes.len()).unwrap();
        for size in sizes {
            let mut entry = [0; ENTRY_BYTES];
            entry[..4].copy_from_slice(ENTRY);
            entry[24..28].copy_from_slice(&size.to_le_bytes());
            entry[28] = 1;
            bytes.extend(entry);
            bytes.push(b'a');
        }
        let mut end = [0; END_BYTES];
        end[..4].copy_from_slice(END);
        end[10..12].copy_from_slice(&u16::try_from(sizes.len()).unwrap().to_le_bytes());
        end[16..20].copy_from_slice(&directory.to_le_bytes());
        bytes.extend(end);
        bytes
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        assert_eq!(check(&archive(&[1_000, 2_000])), Ok(()));
        assert!(check(&archive(&[50_000_000, 60_000_000])).is_err());
        assert!(check(&archive(&[u32::MAX])).is_err());
        assert!(check(&archive(&vec![1; PARTS_MAX + 1])).is_err());
    }

    #[test]
    fn what_is_no_archive_or_a_broken_one_is_refused() {
        for bytes in [&b""[..], b"PK\x05\x06", b"a,b\n1,2\n", &[0; 10_000]] {
            assert!(check(bytes).is_err());
        }
        let mut broken = archive(&[1, 2]);
        broken[4] = 0;
        assert!(check(&broken).is_err());
    }
}
