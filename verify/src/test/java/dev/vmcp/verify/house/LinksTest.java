package dev.vmcp.verify.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every link of every Markdown page leads to a file that exists and, where it names one, to a
/// heading or anchor of it. Links to other sites are only looked at for their form.
class LinksTest {

    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```\\s*?$");
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\n]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
    private static final Pattern SITE = Pattern.compile("https://[\\w.-]+(:\\d+)?(/\\S*)?");

    @Test
    void everyLinkLeadsSomewhere() {
        var pages = House.files(".md");
        assertThat(pages).hasSizeGreaterThan(15);
        var broken = new ArrayList<String>();
        pages.forEach(page -> broken.addAll(broken(page)));
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPageIsReachedFromTheReadme() {
        var seen = new HashSet<Path>();
        var next = new ArrayList<>(List.of(House.ROOT.resolve("README.md")));
        while (!next.isEmpty()) {
            var page = next.removeLast();
            if (!seen.add(page)) {
                continue;
            }
            for (var link : links(House.text(page))) {
                var file = page.resolveSibling(link.replaceFirst("#.*", "")).normalize();
                if (file.toString().endsWith(".md") && Files.exists(file)) {
                    next.add(file);
                } else if (Files.isDirectory(file)) {
                    next.addAll(pagesIn(file));
                }
            }
        }
        assertThat(pagesIn(House.ROOT.resolve("docs"))).isSubsetOf(seen);
    }

    @Test
    void aHeadingIsNamedAsTheForgeNamesIt() {
        assertThat(anchors("# A *b* `c.d`, e\n## Twice\n## Twice\n<a id=\"own\"></a>"))
                .containsExactlyInAnyOrder("a-b-cd-e", "twice", "twice-1", "own");
        assertThat(links("[a](b.md#c) `[no](x)`\n```\n[no](y)\n```\n[d](e)"))
                .containsExactly("b.md#c", "e");
    }

    private static List<Path> pagesIn(Path directory) {
        return House.files(".md").stream().filter(page -> page.startsWith(directory)).toList();
    }

    private static List<String> broken(Path page) {
        var broken = new ArrayList<String>();
        for (var link : links(House.text(page))) {
            if (link.contains("://")) {
                if (!SITE.matcher(link).matches()) {
                    broken.add(House.ROOT.relativize(page) + ": " + link + " is no https address");
                }
                continue;
            }
            var parts = link.split("#", 2);
            var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
            if (!Files.exists(file)) {
                broken.add(House.ROOT.relativize(page) + ": no file " + link);
            } else if (parts.length == 2 && !anchors(House.text(file)).contains(parts[1])) {
                broken.add(House.ROOT.relativize(page) + ": no heading " + link);
            }
        }
        return broken;
    }

    private static List<String> links(String text) {
        var prose = CODE.matcher(FENCED.matcher(text).replaceAll("")).replaceAll("");
        return LINK.matcher(prose).results().map(found -> found.group(1)).toList();
    }

    private static Set<String> anchors(String text) {
        var prose = FENCED.matcher(text).replaceAll("");
        var anchors = new HashSet<String>();
        var times = new HashMap<String, Integer>();
        HEADING.matcher(prose)
                .results()
                .map(found -> slug(found.group(1)))
                .forEach(slug -> {
                    int before = times.merge(slug, 1, Integer::sum) - 1;
                    anchors.add(before == 0 ? slug : slug + "-" + before);
                });
        ANCHOR.matcher(prose).results().forEach(found -> anchors.add(found.group(1)));
        return anchors;
    }

    private static String slug(String heading) {
        return heading.replaceAll("<[^>]+>", "")
                .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w\\- ]", "")
                .strip()
                .replace(' ', '-');
    }
}
