package dev.vmcp.core.backend;

import java.util.List;
import java.util.regex.Pattern;

/// What an option may hold.
public sealed interface OptionValues {

    /// What surely fits a long.
    Pattern DIGITS = Pattern.compile("[1-9][0-9]{0,17}");

    /// One of these words.
    record Words(List<String> words) implements OptionValues {
        public Words {
            words = List.copyOf(words);
        }
    }

    /// A name of at most `longest` characters, without any that a command line could take for more.
    record Name(int longest) implements OptionValues {}

    /// A whole number of 1 to `most`, in digits.
    record Whole(long most) implements OptionValues {}

    static OptionValues words(String... words) {
        return new Words(List.of(words));
    }

    default boolean accepts(String value) {
        return switch (this) {
            case Words(var words) -> words.contains(value);
            case Name(var longest) ->
                    value.length() <= longest && NameForm.FORM.matcher(value).matches();
            case Whole(var most) ->
                    DIGITS.matcher(value).matches() && Long.parseLong(value) <= most;
        };
    }

    /// For messages and the reference page.
    default String expected() {
        return switch (this) {
            case Words(var words) -> String.join(" or ", words);
            case Name(var longest) ->
                    "1 to "
                            + longest
                            + " characters of A-Z a-z 0-9 . _ -, the first a letter or digit";
            case Whole(var most) -> "a whole number from 1 to " + most;
        };
    }
}
