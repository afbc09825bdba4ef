. ./attempt.sh
cp .bashrc .profile .bash_profile .inputrc "$HOME" && cp .bashrc /tmp
for place in /sandbox/0 /root /etc /etc/profile.d /etc/skel; do
    attempt "plant in $place" cp .bashrc $place/
done
over
echo 0
