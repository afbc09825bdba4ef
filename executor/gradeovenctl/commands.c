#include "gradeovenctl/command.h"

const ctl_command ctl_commands[] = {
    {"assignment add", "[OPTION...] COURSE NAME DIRECTORY",
     "Store an assignment, or a new version of one, from a directory of stages; every problem is "
     "listed, and commands that seem to run students' code without sandbox.",
     "  --title TITLE        [the name]\n"
     "  --description FILE   its text, in Markdown\n"
     "  --due TIME           such as 2030-01-31T23:59, in the course's zone\n"
     "  --published          students see it\n",
     ctl_assignment_add},
    {"assignment check", "DIRECTORY",
     "Check an assignment as an upload would: every problem is listed, and commands that seem to "
     "run students' code without sandbox.",
     NULL, ctl_assignment_check},
    {"audit verify", "[OPTION...]",
     "Say whether the log of changes is what was written, and print the hash it ends with: keep "
     "that elsewhere, for --head of a later time.",
     "  --head HASH      the log must hold the entry with this hash\n", ctl_audit_verify},
    {"course add", "[OPTION...] NAME", "Make a course.",
     "  --title TITLE    [the name]\n"
     "  --zone ZONE      its time zone, such as Europe/Berlin [UTC]\n",
     ctl_course_add},
    {"course list", "", "List the courses.", NULL, ctl_course_list},
    {"demo load", "DIRECTORY",
     "Make the course that DIRECTORY/course.json describes; prints the logins it made.", NULL,
     ctl_demo_load},
    {"doctor", "[OPTION...]",
     "Look at everything the site stands on: what is wrong, and what to do about it.",
     "  --json           print one JSON object instead of lines\n"
     "  --docker URL     the Docker engine [GradeOvenDocker]\n"
     "  --docker-tls DIR ca.pem, cert.pem and key.pem for it [$DOCKER_CERT_PATH]\n"
     "  --image IMAGE    the image that stages run in [GradeOvenImage]\n"
     "  --runtime NAME   which of the engine's runtimes runs ovens [GradeOvenRuntime]\n"
     "  --oven FILE      the oven binary\n",
     ctl_doctor_run},
    {"grade", "[OPTION...] ASSIGNMENT_DIRECTORY SUBMISSION",
     "Bake a submission (a directory, a file or an archive) here, without a site, on one "
     "processor.",
     "  --json           print one JSON object instead of lines\n"
     "  --image IMAGE    the image that stages run in [$GRADEOVEN_IMAGE or gradeoven:latest]\n"
     "  --docker URL     the Docker engine [$DOCKER_HOST or unix:///var/run/docker.sock]\n"
     "  --docker-tls DIR ca.pem, cert.pem and key.pem for it [$DOCKER_CERT_PATH]\n"
     "  --oven FILE      the oven binary\n"
     "  --timeout S      seconds for a stage that does not say [60]\n"
     "  --memory MIB     memory for a stage that does not say [512]\n"
     "  --disk MIB       space for files [256]\n"
     "  --pids N         processes and threads at once [256]\n",
     ctl_grade},
    {"hostile", "[OPTION...] [NAME...]",
     "Bake the kit of attacks here, and say of each whether it held.",
     "  --all            the slow ones too\n"
     "  --json           print one JSON array instead of lines\n"
     "  --kit DIR        another kit than the installed one\n"
     "  --image IMAGE, --docker URL, --docker-tls DIR, --oven FILE\n"
     "                   as for \"grade\"\n",
     ctl_hostile},
    {"privacy erase", "[OPTION...] USERNAME",
     "Erase a person: the account becomes a pseudonym, which is printed, and what they handed in "
     "goes; grades and statistics stay. It cannot be undone.",
     "  --keep-work      keep the files, and the texts about them\n"
     "  --force          although they are in a course now\n"
     "  --preview        only say what would go\n",
     ctl_privacy_erase},
    {"privacy export", "[OPTION...] USERNAME FILE.zip",
     "Write all that is stored about a person into a new archive: what they may see themselves.",
     "  --full           what only staff see too; look through it before you hand it over\n",
     ctl_privacy_export},
    {"privacy retention", "[OPTION...]",
     "Say for each course how long its work is kept (GradeOvenRetention).",
     "  --apply          remove what has been kept long enough, and stored files that nothing "
     "names\n"
     "  --scheduled      note that nobody began it by hand; for the executor\n",
     ctl_privacy_retention},
    {"receipt key", "[OPTION...]",
     "Print the public key that the site's receipts are verified with.",
     "  --new            end the key, when it is lost or others know it; the next receipt makes "
     "another\n",
     ctl_receipt_key},
    {"receipt verify", "[OPTION...] RECEIPT [DIRECTORY|ARCHIVE]",
     "Say whether the site signed a receipt, and whether these are the files of it.",
     "  --key KEY        the public key: a file, or its 64 hex digits [the site's own]\n",
     ctl_receipt_verify},
    {"replay", "[OPTION...] RUN",
     "Bake a finished run again, and say that it is identical or what the first difference is.",
     "  --image IMAGE    another image than the one it was graded in\n"
     "  --docker URL     the Docker engine [$DOCKER_HOST or unix:///var/run/docker.sock]\n"
     "  --docker-tls DIR ca.pem, cert.pem and key.pem for it [$DOCKER_CERT_PATH]\n"
     "  --oven FILE      the oven binary\n",
     ctl_replay},
    {"roster import", "[OPTION...] COURSE FILE",
     "Register the people of a CSV file (- for standard input); prints names and new passwords.",
     "  --role ROLE      of those without one in the file [student]\n", ctl_roster_import},
    {"sync", "[OPTION...] COURSE",
     "Take a course's roster from the institution's database and write its grades there, as "
     "<GradeOvenSync> of httpd's configuration says; without --apply only say what it would do.",
     "  --apply          do it\n"
     "  --roster         only the roster\n"
     "  --grades         only the grades\n"
     "  --all            write the grades that have not changed since the last time, too\n"
     "  --force          drop missing students even when they are more than half\n"
     "  --passwords      print the generated passwords of new accounts\n"
     "  --scheduled      note that nobody began it by hand; for the executor\n",
     ctl_sync_run},
    {"user add", "[OPTION...] USERNAME", "Make an account; prints a generated password.",
     "  --name NAME          display name\n"
     "  --email ADDRESS\n"
     "  --admin              an admin of the site\n"
     "  --may-teach          may make courses\n"
     "  --password-stdin     read the password from standard input instead\n",
     ctl_user_add},
    {"user invite", "[OPTION...] USERNAME",
     "Print a link by which somebody sets their first password.",
     "  --url URL            the site's address, such as https://grading.example.edu [none: the "
     "path]\n",
     ctl_user_invite},
    {"user list", "", "List the users.", NULL, ctl_user_list},
    {"user passwd", "[OPTION...] USERNAME", "Set a new password; prints a generated one.",
     "  --password-stdin     read the password from standard input instead\n", ctl_user_passwd},
    {"user reset", "[OPTION...] USERNAME", "Print a link by which somebody sets a new password.",
     "  --url URL            as for \"user invite\"\n", ctl_user_invite},
    {"user role", "USERNAME COURSE ROLE",
     "Enrol somebody as student, grader or instructor; none takes them out.", NULL, ctl_user_role},
    {"user second-factor", "[OPTION...] USERNAME",
     "Say whether somebody's second factor is on, or turn it off.",
     "  --off                for who lost both app and recovery codes\n", ctl_user_second_factor},
    {0},
};
