import type { AuditAnchors } from '../../ports/audit-anchors.js';
import type { AuditFiles } from '../../ports/audit-files.js';
import type { SigningKeys } from '../../ports/signing-key.js';

/** What the audit log needs besides the database; opened at the first call. */
export interface AuditTools {
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly auditFiles: () => Promise<AuditFiles>;
  readonly auditAnchors: () => Promise<AuditAnchors>;
}
