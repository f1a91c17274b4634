//! Every limit, named, with the arithmetic that chose it. What has no limit here is a defect.

/// Levels of nesting in JSON of the profile: a finding in an entry is entry > outcome > findings > finding > alternative > spans > span.
pub const JSON_DEPTH_MAX: usize = 8;

/// Bytes of one log entry: the C2SP entry bundle has a 16-bit length.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Bytes of a command's decoded payload: base64url makes 32,768 of it, which leaves half an entry for signatures and event.
pub const PAYLOAD_BYTES_MAX: usize = 24_576;

/// Bytes of one signed command as sent: payload in base64url, 32 signatures of at most 512 bytes, openings of 8 KiB.
pub const COMMAND_BYTES_MAX: usize = 65_536;

/// Commands in one batch request.
pub const BATCH_COMMANDS_MAX: usize = 200;

/// Bytes of a batch request.
pub const BATCH_BYTES_MAX: usize = 4_194_304;

/// Bytes of an oversize request that are read and thrown away, so that its client reads the answer; beyond, it is cut off.
pub const DRAINED_BYTES_MAX: usize = 8_388_608;

/// Signatures on one command: makers and checkers of the parties to a syndicated pledge.
pub const SIGNATURES_MAX: usize = 32;

/// Lines of one pledge.
pub const PLEDGE_LINES_MAX: usize = 64;

/// Notes of one sort on one pledge (external registrations, objections, disposals): 16 at 300 bytes keep a record far below an
/// entry.
pub const PLEDGE_NOTES_MAX: usize = 16;

/// Days after which an objection lapses unless a suit was filed (动产和权利担保统一登记办法 on 异议登记).
pub const OBJECTION_DAYS: u32 = 30;

/// The number of a court's order, in bytes of UTF-8.
pub const ORDER_NUMBER_BYTES_MAX: usize = 64;
/// Open encumbrances (lines, reservations, freezes) on one right; its state stays below 64 KiB at 160 bytes each.
pub const RIGHT_ENCUMBRANCES_MAX: usize = 256;

/// Lines and reservations on one right, under law 1; under law 2 their places with those of lines whose days are over, of which a
/// renewal writes 200 bytes each. The rest of the encumbrances is kept for the orders of authorities.
pub const RIGHT_LINES_MAX: usize = 192;

/// Freezes on one right: the orders of authorities, for which a debtor leaves room.
pub const RIGHT_FREEZES_MAX: usize = RIGHT_ENCUMBRANCES_MAX - RIGHT_LINES_MAX;

/// Places of lines and reservations on one right under law 2: one for each, and one for each eight names that they stand behind.
/// A conversion of all of it writes a line three or four times: 600 bytes at the most, and 45 for a name. So 96 places leave
/// 8,000 bytes of an entry for the command and the new right.
pub const RIGHT_PLACES_MAX: usize = 96;

/// Names of lines stood behind that take one more place.
pub const NAMES_OF_ONE_PLACE: usize = 8;

/// Lines of one stack on one day: with 496 names it takes 94 places.
pub const STACK_DEPTH_MAX: usize = 32;

/// Steps of a flow's quantity.
pub const FLOW_STEPS_MAX: usize = 128;

/// Identities of one right.
pub const IDENTITIES_MAX: usize = 8;

/// Rights that one right succeeds.
pub const SUCCEEDS_MAX: usize = 16;

/// Parcels that one sink draws on.
pub const PARCELS_MAX: usize = 32;

/// Rights that the parcels of one ground are and took the place of, together: 32 parcels, each renewed fifteen times.
pub const LINEAGE_MAX: usize = 512;

/// Neighbors that one parcel is graded against: rights that stand on its cells on one of its days.
pub const NEIGHBORS_MAX: usize = 512;

/// Rights that were ever registered in the cells of one ground and are loaded to learn which of them stand: sixteen for each that may
/// stand, four kilobytes each, 32 megabytes.
pub const CELL_RIGHTS_MAX: usize = 16 * NEIGHBORS_MAX;

/// Rights of one source that a decision looks up, the latest first, to learn which of them have ended; a source is one outlet or
/// one account, and has a handful in its life.
pub const SOURCE_RIGHTS_MAX: usize = 512;

/// Spans of years of one right that have turned into another: a year each of the longest crediting period, and as much again.
pub const RIGHT_CONVERTED_MAX: usize = 128;

/// Uses and losses of one ground: one a month for ten years.
pub const RIGHT_USES_MAX: usize = 128;

/// Verifications that the record of a right names, the latest; all of them stand in its history.
pub const RIGHT_VERIFICATIONS_MAX: usize = 16;

/// Bytes of a recorded answer: with the question and the envelope it fits into one payload.
pub const ANSWER_BYTES_MAX: usize = 12_288;

/// Days after which a look into another register is called old: registers are reconciled every day, reports come once a month.
pub const EXTERNAL_SEEN_DAYS_MAX: i32 = 31;

/// Days before the end of a registration elsewhere at which it is told: the first of the notices of an end (DOMAIN section 3.4).
pub const EXTERNAL_END_DAYS: i32 = 60;

/// Millionths by which the area of a certificate may differ from that of its polygon without a notice: 5 percent.
pub const AREA_DIFFERENCE_PPM_MAX: i128 = 50_000;

/// Hundredths of a tonne that a mu of forest takes up in a year without a notice: 0.15 to 1.5 (published sinks have 0.30 to 0.40).
pub const SINK_YIELD_HUNDREDTHS: std::ops::RangeInclusive<i128> = 15..=150;

/// Keys of one party over all time.
pub const PARTY_KEYS_MAX: usize = 128;

/// Former names, disputes, recoveries, predecessors, successors and kinds handed over of one party, each.
pub const PARTY_NOTES_MAX: usize = 64;

/// Types of command with a signing threshold of their own.
pub const SIGNING_RULES_MAX: usize = 64;

/// Parties that one merger or split names.
pub const SUCCESSIONS_MAX: usize = 16;

/// Kinds of right that one split hands over.
pub const HANDED_KINDS_MAX: usize = 16;

/// Keys that a recovery offers: each brings a proof, and all of them fit into one payload.
pub const RECOVERY_KEYS_MAX: usize = 16;

/// Seconds of registry time that a recovery waits: 72 hours (ARCHITECTURE section 6).
pub const RECOVERY_WAIT_SECONDS: u64 = 72 * 3_600;

/// Seconds for which an old log key signs beside its successor: an hour at least, so that nobody is surprised, and 400 days.
pub const LOG_KEY_OVERLAP_SECONDS: std::ops::RangeInclusive<u64> = 3_600..=400 * 86_400;

/// The largest `k` of a signing policy.
pub const SIGNING_THRESHOLD_MAX: u64 = 5;

/// Hidden claims (digests) of one command.
pub const HIDDEN_MAX: usize = 16;

/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 120;

/// Characters of an identity's normal form.
pub const IDENTITY_CHARS_MAX: usize = 128;

/// Bytes of a policy text; six of them fit into the genesis entry.
pub const POLICY_BYTES_MAX: usize = 9_000;

/// Seconds a command may live while consents are collected: 7 days.
pub const COMMAND_LIFE_SECONDS_MAX: u64 = 7 * 86_400;

/// Seconds that a command may seem to come from the future, for clocks that disagree.
pub const COMMAND_FUTURE_SECONDS_MAX: u64 = 300;

/// Days a reservation may stand.
pub const RESERVATION_DAYS_MAX: i32 = 30;

/// Seconds of registry time that the server may step forward between two groups without `doctor` (ARCHITECTURE section 4).
pub const TIME_STEP_SECONDS_MAX: u64 = 300;

/// Seconds after which the operator is told that no quorum has cosigned, and how often that is said again: two heartbeats and
/// the longest back-off of a feeder, so that one late witness says nothing.
pub const COSIGNED_LATE_SECONDS: u64 = 600;

/// Seconds between the time of a state entry and a cosignature that speaks for its age (ARCHITECTURE section 4): with one
/// state entry every 300 s, no older state can be passed off as this one.
pub const COSIGNATURE_STATE_SECONDS_MAX: u64 = 120;

/// Seconds of silence after which a log writes a heartbeat state entry, unless the operator says otherwise: a minute less than
/// a step, so that a busy disk or a slow clock never makes a heartbeat a step that is refused.
pub const HEARTBEAT_SECONDS: u64 = 240;

/// The longest interval of heartbeats: an idle log speaks at least every five minutes (ARCHITECTURE section 4), with ten
/// seconds for the write.
pub const HEARTBEAT_SECONDS_MAX: u64 = 290;

/// Seconds that the clock may be behind registry time before the log says so; smaller corrections of NTP are usual.
pub const CLOCK_BEHIND_SECONDS: u64 = 5;

/// Commands that wait for the sequencer before the door answers 503; at 10,000 a second this is a tenth of a second of work.
pub const QUEUE_COMMANDS_MAX: usize = 1_024;

/// Commands decided in one group.
pub const GROUP_COMMANDS_MAX: usize = 1_024;

/// Groups that wait for the committer before the sequencer waits too; waiting groups are merged into one write.
pub const QUEUE_GROUPS_MAX: usize = 64;

/// Rows of one page of a listing.
pub const PAGE_ROWS_MAX: usize = 200;

/// Entries in one evidence file.
pub const EVIDENCE_ENTRIES_MAX: usize = 20_000;

/// Entries that the rights around the subject of an evidence file may have seen together, for their histories to be shown in it:
/// about two megabytes. What is beyond it is shown as it stands.
pub const EVIDENCE_NEAR_ENTRIES_MAX: u64 = 500;

/// Entries that the pledges which stand or stood on the subject of an evidence file may have seen together, for their histories to be
/// shown in it: about two megabytes. A certificate counts those of what is beyond it.
pub const EVIDENCE_PLEDGE_ENTRIES_MAX: u64 = 500;

/// Bytes of an evidence file that the verifier reads.
pub const EVIDENCE_BYTES_MAX: usize = 268_435_456;

/// Keys of logs that one witness watches: 64 logs of which each is changing its key.
pub const WITNESS_LOG_KEYS_MAX: usize = 128;

/// Checkpoints that a witness keeps of one log because they do not join what it has cosigned: nobody but the log's key makes one,
/// and a few prove as much as many.
pub const UNJOINED_NOTES_MAX: usize = 64;

/// Seconds after which a witness or an auditor names a trouble again that lasts, and another one of the same log.
pub const COMPLAINT_SECONDS: u64 = 600;
/// See [`COMPLAINT_SECONDS`].
pub const OTHER_COMPLAINT_SECONDS: u64 = 60;

/// Seconds between the beginnings of two rounds in which the newest checkpoint is brought to the witnesses (C2SP suggests no
/// more than one a second).
pub const WITNESS_ROUND_SECONDS: u64 = 1;

/// Seconds that a round waits for its quorum before a newer checkpoint takes its place: the time of one slow request.
pub const WITNESS_PATIENCE_SECONDS: u64 = 10;

/// Seconds that one request to a witness may take as a whole.
pub const WITNESS_REQUEST_SECONDS_MAX: u64 = 10;

/// Seconds that a witness is left alone after its first failure; they double with each further one.
pub const WITNESS_BACKOFF_SECONDS: u64 = 1;

/// The longest that a witness is left alone, so that one that is back counts within about a minute.
pub const WITNESS_BACKOFF_SECONDS_MAX: u64 = 64;

/// Bytes of an answer of a witness: 16 lines, each with a name and a signature of up to 5 kB in base64, fit four times.
pub const COSIGNATURES_BYTES_MAX: usize = 524_288;

/// Seconds that an answer waits for the quorum when its client prefers that (`Prefer: wait=cosigned`): a round and a slow witness.
pub const COSIGNED_WAIT_SECONDS_MAX: u64 = 10;

/// Seconds that the cosigned version may be behind the signed one and evidence still be made of it: two heartbeats and a round.
pub const COSIGNED_AGE_SECONDS_MAX: u64 = 600;

/// Entries by which the cosigned version may be behind at a start and still be kept: each costs a few reads then.
pub const COSIGNED_LAG_ENTRIES_MAX: u64 = 16_384;

/// Seconds that the time of a state entry may be from an auditor's clock (ARCHITECTURE section 4).
pub const AUDIT_CLOCK_SECONDS_MAX: u64 = 120;

/// Entries that an auditor replays before it keeps its state again: half a minute of work that a crash would cost.
pub const AUDIT_KEPT_ENTRIES: u64 = 65_536;

/// Seconds after which an auditor keeps its state if there is anything new in it: what a log that grows slowly has replayed since
/// would be lost with a crash, and a hundred thousand records are written in a second.
pub const AUDIT_KEPT_SECONDS: u64 = 300;

/// Evidence files that an auditor asks a registry for when its state is false: the records of one group.
pub const AUDIT_EVIDENCE_MAX: usize = 32;

/// Seconds for which an auditor asks for them.
pub const AUDIT_EVIDENCE_SECONDS: u64 = 20;

/// Entries in a fraud file that shows a log from its beginning; at 256 bytes each they fill the largest file.
pub const FRAUD_PREFIX_ENTRIES_MAX: usize = 1_048_576;

/// Seconds that one request may take before the server answers 503.
pub const REQUEST_SECONDS_MAX: u64 = 30;

/// Seconds from a connection, or from the last answer on it, to the end of the next request's head: a head is one packet, and
/// the slowest line that anybody works on brings it in two; an idle connection that is kept longer is only kept for no one.
pub const REQUEST_HEAD_SECONDS_MAX: u64 = 20;

/// Entries that one request for statistics folds: about 50 us each leaves two thirds of the request's time unused.
pub const STATISTICS_ENTRIES_MAX: u64 = 200_000;

/// Positions of the log at even distances that are kept for statistics: records are shared, so that one of a million records
/// takes some 50 MB; sixteen of a growing log have half of that on average.
pub const STATISTICS_MARKS_MAX: usize = 16;

/// Entries that one look at the front page folds for its counts: a quarter of a second at 50 us each. Where more are new, it shows
/// none, and the next look goes on from there.
pub const FRONT_ENTRIES_MAX: u64 = 5_000;

/// Positions that were asked for last and are kept for the links of their tables.
pub const STATISTICS_RECENT_MAX: usize = 8;

/// Records that one search for a name, or one page of a narrowed list, looks at; the next page goes on from there.
pub const NAME_RECORDS_MAX: usize = 5_000;

/// Records of a list that are read for its count, whatever page of it is shown: about 20 us each is a tenth of a second.
pub const COUNTED_RECORDS_MAX: usize = 5_000;

/// Rights that one search for a part of an identity looks at: about 20 us each is less than half a second.
pub const PART_RECORDS_MAX: usize = 20_000;

/// Records that one alert names.
pub const ALERT_NAMES_MAX: usize = 16;

/// Records that one page of alerts looks at; the next page goes on from there.
pub const ALERT_RECORDS_MAX: usize = 2_000;

/// Records that a desk looks at to say how much ends soon: about 50 us each is a second.
pub const DESK_RECORDS_MAX: usize = 20_000;

/// Days for which a disposal is told: the month in which an interested party may object and find its way to a court.
pub const DISPOSAL_TOLD_DAYS: i32 = 30;

/// Openings that a reader presents with one question: principal and two price lines of a hundred pledges.
pub const DISCLOSED_MAX: usize = 300;

/// Bytes of a price list: a year of daily prices of sixteen series at 120 bytes a row.
pub const PRICE_LIST_BYTES_MAX: usize = 1_048_576;

/// Prices in one list.
pub const PRICE_ROWS_MAX: usize = 10_000;

/// Identities that one certificate is asked about; each brings an evidence file of some hundred kilobytes.
pub const CERTIFICATE_IDENTITIES_MAX: usize = 8;

/// Names of auditors in a certificate: a checkpoint holds no more signatures.
pub const CERTIFICATE_AUDITORS_MAX: usize = 64;

/// Certificates that a registry issues within one hour of its clock: a busy office prints one a minute, and at 300 kB each the
/// disk of the registry fills by at most 180 MB an hour, whoever asks.
pub const CERTIFICATES_PER_HOUR_MAX: u64 = 600;

/// Those of them that go to visitors: a third is left to members, however many strangers ask.
pub const CERTIFICATES_OF_VISITORS_PER_HOUR_MAX: u64 = 400;

/// Certificates that one party, or one address, may have at once: a busy office prints one a minute.
pub const CERTIFICATES_PER_ASKER: u64 = 60;

/// Seconds until it may have one more.
pub const CERTIFICATE_ASKER_SECONDS: u64 = 60;

/// Looks by code that an address has at once in a register that is for members: a court reads out a file of certificates, and a
/// guesser of codes of 74 bits gets nowhere.
pub const CERTIFICATE_LOOKUPS: u64 = 60;

/// Seconds until it has one more.
pub const CERTIFICATE_LOOKUP_SECONDS: u64 = 10;

/// Records of one exported list: a table of this length opens in any spreadsheet, and is read in a second.
pub const EXPORT_ROWS_MAX: usize = 20_000;

/// Entries that one file of the log looks at: about 50 us each is ten seconds; the next part goes on from there.
pub const EXPORT_ENTRIES_MAX: u64 = 200_000;

/// Entries that one page of the log looks back over for what it is narrowed to: 5 us each are 0.1 s, and the heartbeats of an
/// idle log fill as many in fifty-five days.
pub const LOG_LOOK_ENTRIES_MAX: u64 = 20_000;

/// Commands among them that are read: about 100 us each is 0.2 s.
pub const LOG_LOOK_COMMANDS_MAX: usize = 2_000;

/// Seconds in which a challenge can be signed: a person types a passphrase, a program is done at once.
pub const CHALLENGE_SECONDS: u64 = 120;

/// Seconds that a session lasts: half an hour of work, then the key signs again.
pub const SESSION_SECONDS: u64 = 1_800;

/// Sessions of one party; the next one ends its oldest.
pub const SESSIONS_PER_PARTY_MAX: usize = 64;

/// Sessions of all parties: 256 bytes each make 2.5 MB.
pub const SESSIONS_MAX: usize = 10_000;

/// Requests to sign in that one address may make at once; a sign-in takes two.
pub const SIGN_INS_PER_ADDRESS: u64 = 40;

/// Seconds until an address may make one more.
pub const SIGN_IN_ADDRESS_SECONDS: u64 = 3;

/// Sign-ins that one party may make at once; those that hold no key of it do not count.
pub const SIGN_INS_PER_PARTY: u64 = 60;

/// Seconds until a party may sign in once more.
pub const SIGN_IN_PARTY_SECONDS: u64 = 10;

/// Commands of one party that may be refused at once: a morning's mistakes of an import of several hundred rows.
pub const REFUSALS_PER_PARTY: u64 = 1_000;

/// Seconds until one more may be refused: 14,400 a day, at 600 bytes an entry about 9 MB of log.
pub const REFUSAL_SECONDS: u64 = 6;

/// Names that one quota tells apart; more are forgotten, which only gives them back what they used.
pub const QUOTA_KEYS_MAX: usize = 16_384;

/// Accesses to openings that one party may make at once; each is a synced write of 300 bytes.
pub const OPENING_READS_PER_PARTY: u64 = 600;

/// Pledges whose kept openings one question may use: all that a party may read at once.
pub const KEPT_PLEDGES_MAX: usize = 600;

/// Pledges and rights that are looked through to find whether a reader stands in a relation to a natural person.
pub const RELATIONS_MAX: usize = 2_000;

/// Seconds until a party may read openings once more.
pub const OPENING_READ_SECONDS: u64 = 1;

/// Drafts that one party has in the inbox at once: a batch of commands that wait for other signers.
pub const DRAFTS_PER_PARTY_MAX: usize = 200;

/// Drafts of all parties in the inbox: 12 MB at 3 kB each, 270 MB if each were as large as a command may be.
pub const DRAFTS_MAX: usize = 4_096;

/// Writes to the inbox (drafts, signatures, refusals to sign, withdrawals) that one party may make at once: a batch and its
/// signatures.
pub const DRAFT_WRITES_PER_PARTY: u64 = 400;

/// Seconds until a party may write to the inbox once more.
pub const DRAFT_WRITE_SECONDS: u64 = 2;

/// Characters of the reason for which a signer declines a draft.
pub const DRAFT_REASON_CHARS_MAX: usize = 200;

/// Accesses to the hidden values of one draft, at 300 bytes each; after that it is shown to nobody any more.
pub const DRAFT_READS_MAX: u64 = 10_000;

/// Event streams that are open at once: a task and at most 300 kB each, 150 MB in all.
pub const EVENT_STREAMS_MAX: usize = 512;

/// Event streams of one address; an office behind one address has a stream for each of its programs.
pub const EVENT_STREAMS_PER_ADDRESS_MAX: usize = 32;

/// Streams that read the log at the same time; the others wait, so that readers far behind leave the processor to the rest.
pub const EVENT_SCANS_MAX: usize = 2;

/// Entries that a stream looks at before another has its turn: about 50 ms at 50 us each.
pub const EVENT_SCAN_ENTRIES: usize = 1_024;

/// Notices that a stream takes at once; with what waits to be sent, at most three times as many are in memory.
pub const EVENT_NOTICES_MAX: usize = 64;

/// Seconds after which a silent stream says where it is; proxies cut off what is silent for a minute.
pub const EVENT_HEARTBEAT_SECONDS: u64 = 15;

/// Seconds between two looks at the alerts of a stream; each look folds nothing and reads at most `ALERT_RECORDS_MAX` records.
pub const ALERT_LOOK_SECONDS: u64 = 5;

/// Records, parties and types of command that one stream or webhook watches, each.
pub const WATCHED_MAX: usize = 64;

/// Records that a stream by party remembers, so that it folds no history twice; about 2 KiB each.
pub const WATCH_RECORDS_MAX: usize = 2_048;

/// Seconds for which a client may take nothing of an answer before its connection is closed: the time of a request.
pub const WRITE_STALL_SECONDS_MAX: u64 = 30;

/// Webhooks of one registry: a thread each, and a district has a dozen institutions.
pub const WEBHOOKS_MAX: usize = 32;

/// Characters of the name of a webhook.
pub const WEBHOOK_NAME_CHARS_MAX: usize = 40;

/// Bytes of the address of a webhook.
pub const WEBHOOK_URL_BYTES_MAX: usize = 1_024;

/// Seconds that one delivery may take as a whole; a receiver puts it into its queue and answers.
pub const WEBHOOK_REQUEST_SECONDS_MAX: u64 = 10;

/// Seconds after which a delivery that failed is tried again; they double with each further failure.
pub const WEBHOOK_BACKOFF_SECONDS: u64 = 1;

/// The longest wait between two attempts, so that a receiver that is back has everything within an hour.
pub const WEBHOOK_BACKOFF_SECONDS_MAX: u64 = 3_600;

/// Seconds of failures after which a webhook is suspended: a long weekend.
pub const WEBHOOK_PATIENCE_SECONDS: u64 = 3 * 86_400;

/// Seconds for which the signature of a delivery is good: its way and clocks that disagree.
pub const WEBHOOK_SIGNATURE_SECONDS: u64 = 300;

/// Deliveries of one webhook that can be read later; at 200 bytes each, 32 webhooks have 6 MB.
pub const WEBHOOK_DELIVERIES_KEPT: u64 = 1_000;

/// The largest share of an overlap that a policy may still call a sliver, in millionths: half a hundredth. What is more lets the same
/// ground be mortgaged twice.
pub const TOLERANCE_PPM_MAX: u32 = 5_000;
