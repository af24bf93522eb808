#!/usr/bin/env bash
# package.sh [--quick] [--version VERSION] [--out DIRECTORY]: the package and the tarball of what is in build/; needs
# dpkg-deb. To try an upgrade: --quick makes the package alone and larger, --version makes it say another version than
# the one of the sources.
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"

own=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml")
version=$own
out=$root/build/package
quick=false
squeeze=()
while (($#)); do
    case $1 in
        --quick) quick=true squeeze=(-Zgzip -z1) && shift && continue ;;
        --version) version=${2:?usage: package.sh --version VERSION} ;;
        --out) out=${2:?usage: package.sh --out DIRECTORY} ;;
        *) fail 64 "$1: no such option (expected: --quick, --version, --out)" ;;
    esac
    shift 2
done
have dpkg-deb || fail 69 "a package is made with dpkg-deb: apt-get install dpkg"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
umask 022

# stage DIRECTORY: what both of them have.
stage() {
    mkdir -p "$1/lib"
    cp "$root"/build/lib/*.jar "$1/lib/"
    [[ $version == "$own" ]] || rename_version "$1/lib"
    install -m 755 "$root"/dist/src/main/scripts/* "$1/"
}

# rename_version LIB: the jars say their version from a file that the build wrote into them.
rename_version() {
    local part
    for part in host cli; do
        mkdir -p "$tree/renamed/dev/vmcp/$part"
        printf '%s\n' "$version" > "$tree/renamed/dev/vmcp/$part/version.txt"
        "${JAVA_HOME:?}/bin/jar" --update --file "$1/vmcp-$part.jar" -C "$tree/renamed" "dev/vmcp/$part/version.txt"
    done
}

# Of the same sources the same bytes: times are those of the last commit.
date=$(git -C "$root" log -1 --format=%ct 2> /dev/null || date +%s)
export SOURCE_DATE_EPOCH=$date

rm -rf "$out"
mkdir -p "$out"

if ! $quick; then
    name=vmcp-$version-linux-amd64
    stage "$tree/$name"
    cp "$root/LICENSE" "$root/README.md" "$tree/$name/"
    cp "$root/dist/src/main/systemd/vmcp-host.service" "$tree/$name/"
    tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" -czf "$out/$name.tar.gz" "$name"
fi

deb=$tree/deb
stage "$deb/usr/lib/vmcp"
mkdir -p "$deb/usr/bin" "$deb/lib/systemd/system" "$deb/etc/vmcp" "$deb/usr/share/doc/vmcp" "$deb/DEBIAN"
for program in vmcp vmcp-api chcp-api; do
    ln -s "../lib/vmcp/$program" "$deb/usr/bin/$program"
done
install -m 644 "$root/dist/src/main/systemd/vmcp-host.service" "$deb/lib/systemd/system/vmcp-host.service"
install -m 644 "$root/dist/src/main/deb/host.toml" "$deb/etc/vmcp/host.toml"
cp "$root/README.md" "$root/CHANGELOG.md" "$root"/docs/*.md "$deb/usr/share/doc/vmcp/"
cp "$root/LICENSE" "$deb/usr/share/doc/vmcp/copyright"
mkdir -p "$deb/usr/share/vmcp"
cp -r "$root/dist/observability" "$deb/usr/share/vmcp/"
size=$(du -sk --apparent-size "$deb" | cut -f1)
sed -e "s/@version@/$version/" -e "s/@size@/$size/" "$root/dist/src/main/deb/control" > "$deb/DEBIAN/control"
install -m 644 "$root"/dist/src/main/deb/{conffiles,triggers} "$deb/DEBIAN/"
install -m 755 "$root"/dist/src/main/deb/{postinst,prerm,postrm} "$deb/DEBIAN/"
(cd "$deb" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) > "$deb/DEBIAN/md5sums"
find "$deb" -exec touch -h -d "@$date" {} +
dpkg-deb "${squeeze[@]}" --root-owner-group --build "$deb" "$out/vmcp_${version}_amd64.deb" > /dev/null
ls -l "$out"
