#!/usr/bin/env bash
# The package and the tarball of what is in build/. Used by `run`; needs dpkg-deb.
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"

version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml")
out=$root/build/package
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
umask 022

# stage DIRECTORY: what both of them have.
stage() {
    mkdir -p "$1/lib"
    cp "$root"/build/lib/*.jar "$1/lib/"
    install -m 755 "$root"/dist/src/main/scripts/* "$1/"
}

# Of the same sources the same bytes: times are those of the last commit.
date=$(git -C "$root" log -1 --format=%ct 2> /dev/null || date +%s)
export SOURCE_DATE_EPOCH=$date

rm -rf "$out"
mkdir -p "$out"

name=vmcp-$version-linux-amd64
stage "$tree/$name"
cp "$root/LICENSE" "$root/README.md" "$tree/$name/"
cp "$root/dist/src/main/systemd/vmcp-host.service" "$tree/$name/"
tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" -czf "$out/$name.tar.gz" "$name"

deb=$tree/deb
stage "$deb/usr/lib/vmcp"
mkdir -p "$deb/usr/bin" "$deb/lib/systemd/system" "$deb/etc/vmcp" "$deb/usr/share/doc/vmcp" "$deb/DEBIAN"
for program in vmcp vmcp-api chcp-api; do
    ln -s "../lib/vmcp/$program" "$deb/usr/bin/$program"
done
cp "$root/dist/src/main/systemd/vmcp-host.service" "$deb/lib/systemd/system/"
install -m 644 "$root/dist/src/main/deb/host.toml" "$deb/etc/vmcp/host.toml"
cp "$root/README.md" "$root/CHANGELOG.md" "$root"/docs/*.md "$deb/usr/share/doc/vmcp/"
cp "$root/LICENSE" "$deb/usr/share/doc/vmcp/copyright"
size=$(du -sk --apparent-size "$deb" | cut -f1)
sed -e "s/@version@/$version/" -e "s/@size@/$size/" "$root/dist/src/main/deb/control" > "$deb/DEBIAN/control"
cp "$root/dist/src/main/deb/conffiles" "$deb/DEBIAN/"
install -m 755 "$root"/dist/src/main/deb/{postinst,prerm,postrm} "$deb/DEBIAN/"
find "$deb" -exec touch -h -d "@$date" {} +
dpkg-deb --root-owner-group --build "$deb" "$out/vmcp_${version}_amd64.deb" > /dev/null
ls -l "$out"
