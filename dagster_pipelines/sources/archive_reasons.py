"""Why a member of an archive is not read: a word for each reason, with a sentence."""

from __future__ import annotations

ABSOLUTE_NAME = "absolute_name"
PARENT_IN_NAME = "parent_in_name"
BAD_NAME = "bad_name"
NAME_TOO_LONG = "name_too_long"
DUPLICATE_NAME = "duplicate_name"
AMBIGUOUS_NAME = "ambiguous_name"
TOO_DEEP = "too_deep"
NOT_A_FILE = "not_a_file"
MEMBER_TOO_LARGE = "member_too_large"
SUSPICIOUS_COMPRESSION = "suspicious_compression"
UNSUPPORTED_COMPRESSION = "unsupported_compression"
OVERLAPPING_MEMBER = "overlapping_member"
SIZE_DIFFERS = "size_differs"
BAD_CHECKSUM = "bad_checksum"
DAMAGED_MEMBER = "damaged_member"

SENTENCES = {
    ABSOLUTE_NAME: "The name begins at the root of a disk, and not at that of the export.",
    PARENT_IN_NAME: "The name leads out of a folder with two dots.",
    BAD_NAME: "The name is empty, is not text, or holds a line break or another control character.",
    NAME_TOO_LONG: "The name is longer than 4096 bytes, or one part of it is longer than 255.",
    DUPLICATE_NAME: "Another member has the same name, and nobody can say which one is meant.",
    AMBIGUOUS_NAME: "The name differs from another one only in letter case or in how its accents"
    " are encoded.",
    TOO_DEEP: "It lies below more than 10 folders.",
    NOT_A_FILE: "It is a link, a device or a pipe, and not an ordinary file.",
    MEMBER_TOO_LARGE: "It is larger than the most that is read of one member.",
    SUSPICIOUS_COMPRESSION: "It unpacks to more than 200 times its size, which no export does.",
    UNSUPPORTED_COMPRESSION: "It is compressed in another way than the usual one (deflate).",
    OVERLAPPING_MEMBER: "Its data lie partly where those of another member, or the list of all"
    " members, lie.",
    SIZE_DIFFERS: "Its content is shorter or longer than the archive says.",
    BAD_CHECKSUM: "Its content does not fit the checksum that the archive gives.",
    DAMAGED_MEMBER: "Its data are damaged.",
}
