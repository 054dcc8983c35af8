cd /srv
# One of two names of a file that comes from a stage below.
echo two >>names/second
rm -r replaced
mkdir replaced
echo new >replaced/new
rm patched
mv kept moved
chmod 600 moved/deep
touch moved/deep/added
