/* The key that signs receipts: is it there, whole, the one that the store knows, and closed? */
#include "gradeovenctl/doctor.h"

#include "model/signing.h"

#include <apr_strings.h>

#include <string.h>
#include <sys/stat.h>

void ctl_doctor_receipts(ctl_doctor *doctor) {
    static const char name[] = "receipts";
    const char *path = go_signing_path(doctor->site.state, doctor->pool);
    go_error err = GO_ERROR_INIT(doctor->pool);
    go_signing_key key;
    go_public_key known;
    struct stat info;
    apr_status_t status = go_public_key_present(&known, doctor->site.db, doctor->pool, &err);
    if (status == GO_ENOTFOUND) {
        ctl_doctor_say(doctor, CTL_VERDICT_OK, name, NULL,
                       "The key is made with the first receipt.");
    } else if (status || go_signing_key_read(&key, path, &err)) {
        ctl_doctor_say_error(doctor, name, &err);
    } else if (strcmp(key.public.id, known.id) != 0) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, name,
                       "Restore the right one from a backup, or: gradeovenctl receipt key --new",
                       "\"%s\" is key %s, and this site's is %s; receipts are not signed.", path,
                       key.public.id, known.id);
    } else if (stat(path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO))) {
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, name,
                       apr_psprintf(doctor->pool,
                                    "chmod 0600 %s; if others use this host: gradeovenctl receipt "
                                    "key --new",
                                    path),
                       "The key \"%s\" is open to others (mode %04o), who could sign.", path,
                       info.st_mode & 07777U);
    } else {
        ctl_doctor_say(doctor, CTL_VERDICT_OK, name, NULL, "Key %s signs them.", known.id);
    }
}
