"""What acts of weight are called; a test finds one that has no name here."""

from collections.abc import Mapping

from lms.errors import message

ACTIONS: Mapping[str, str] = {
    "account.throttled": message("Too many attempts to sign in"),
    "cohort.opened": message("Cohort opened"),
    "content.published": message("Content published"),
    "credential.issued": message("Certificate issued"),
    "credential.restored": message("Certificate restored"),
    "credential.revoked": message("Certificate revoked"),
    "credential.suspended": message("Certificate suspended"),
    "data.swept": message("Old data deleted"),
    "decision.recorded": message("Decision recorded"),
    "erasure.declined": message("Erasure declined"),
    "erasure.requested": message("Erasure asked for"),
    "erasure.withdrawn": message("Erasure no longer asked for"),
    "flag.cleared": message("Critical flag cleared"),
    "identity.linked": message("Account of a sign-in service linked"),
    "installation.restored": message("Installation restored from a backup"),
    "invitation.accepted": message("Invitation accepted"),
    "invitation.sent": message("Invitation sent"),
    "key.destroyed": message("Private key destroyed"),
    "key.made": message("Signing key made"),
    "key.relocked": message("Signing key locked anew"),
    "learner.assigned": message("Learner assigned to a supervisor"),
    "learner.enrolled": message("Learner enrolled"),
    "pack.frozen": message("Pack frozen"),
    "password.changed": message("Password changed"),
    "password.reset": message("Password set anew"),
    "person.erased": message("Personal data erased"),
    "person.exported": message("Personal data taken along"),
    "person.registered": message("Person registered"),
    "records.exported": message("Records exported"),
    "reset.requested": message("New password asked for"),
    "second_factor.codes_renewed": message("New recovery codes made"),
    "second_factor.recovery_code_used": message("Recovery code used"),
    "second_factor.removed": message("Second factor removed"),
    "second_factor.set_up": message("Second factor set up"),
    "sheet.returned": message("Sheet returned"),
    "sign_ins.ended": message("Signed out everywhere"),
}
