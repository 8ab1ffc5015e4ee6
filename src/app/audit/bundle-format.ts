/** The form of a bundle. The stand-alone verifier reads the same names. */
export const BUNDLE_FORMAT = 'ai-audit-bundle/1';

export const BUNDLE_FILES = {
  manifest: 'bundle.json',
  events: 'events.jsonl',
  proofs: 'proofs.jsonl',
  checkpoint: 'checkpoint.txt',
  checkpoints: 'checkpoints.jsonl',
  key: 'key.txt',
  ocsf: 'events.ocsf.jsonl',
  statements: 'statements.jsonl',
  verifier: 'verify.mjs',
  readme: 'README.txt',
} as const;

export const README = `This folder holds a part of an audit log and what is needed to check it.

    node verify.mjs

says what holds, and exits with 0 when everything does and with 1 when anything does not.
It needs Node 20 and nothing else: no network, no package, no database.

The signatures are checked with the public key in key.txt. That key is part of this folder, so a person
who made the folder up could have put in a key of their own. Compare it with the one you were told, or let
the program do it:

    node verify.mjs --key 'ai/…+…+…'

A copy of the program that you got elsewhere is worth more than the one in this folder:

    node /your/own/verify.mjs /this/folder

events.jsonl        one event a line: SHA-256 over a zero byte and the line is its leaf in the tree
checkpoint.txt      the signed root of the tree (C2SP tlog-checkpoint; RFC 6962; Ed25519)
checkpoints.jsonl   earlier signed roots
proofs.jsonl        when only a part was exported: why each event is in the tree
statements.jsonl    in-toto statements in DSSE envelopes, when asked for
events.ocsf.jsonl   the events in the form of OCSF, when asked for; a translation, not itself signed
bundle.json         what was exported
`;
