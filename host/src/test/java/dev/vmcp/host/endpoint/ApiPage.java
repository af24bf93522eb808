package dev.vmcp.host.endpoint;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// One part of the API reference: what one .proto file declares, as Markdown.
final class ApiPage {

    private static final Path PROTOS = Path.of("..", "api", "src", "main", "proto");

    private final FileDescriptor file;
    private final FileDescriptor model;
    private final Map<String, String> comments;
    private final StringBuilder out = new StringBuilder();

    private ApiPage(FileDescriptor file, FileDescriptor model) throws IOException {
        this.file = file;
        this.model = model;
        comments = ProtoComments.of(PROTOS.resolve(file.getName()));
    }

    /// @param model the file whose messages are not written again where this one has them, too
    static String of(FileDescriptor file, FileDescriptor model) throws IOException {
        var page = new ApiPage(file, model);
        page.write();
        return page.out.toString();
    }

    private void write() {
        line("## %s (`%s`)", file.getPackage(), file.getName());
        text("");
        for (var service : file.getServices()) {
            service(service);
        }
        var shared =
                file.getMessageTypes().stream()
                        .filter(type -> !type.getName().matches(".*(Request|Response)"))
                        .toList();
        shared.stream().filter(type -> !isTwin(type)).forEach(this::message);
        file.getEnumTypes().stream().filter(type -> !isTwin(type)).forEach(this::values);
    }

    private void service(ServiceDescriptor service) {
        line("### Service `%s`", service.getFullName());
        text(service.getName());
        line("| call | | |%n|---|---|---|");
        for (var method : service.getMethods()) {
            out.append(
                    "| [%s](#%s) | %s | %s |%n"
                            .formatted(
                                    method.getName(),
                                    anchor(method),
                                    kind(method),
                                    comment(service.getName() + "." + method.getName())));
        }
        out.append("\n");
        service.getMethods().forEach(this::method);
    }

    private void method(MethodDescriptor method) {
        line("#### <a id=\"%s\"></a>%s", anchor(method), method.getName());
        text(method.getService().getName() + "." + method.getName());
        line("`POST /%s/%s`", method.getService().getFullName(), method.getName());
        both("Request", method.getInputType());
        both("Response", method.getOutputType());
    }

    private void both(String word, Descriptor type) {
        if (isTwin(type)) {
            line("%s `%s`: as that of %s.", word, type.getName(), link(twin(type).orElseThrow()));
        } else if (type.getFields().isEmpty()) {
            line("%s `%s`: empty.", word, type.getName());
        } else {
            line("%s <a id=\"%s\"></a>`%s`:", word, anchor(type), type.getName());
            fields(type);
        }
        type.getNestedTypes().stream()
                .filter(nested -> !nested.getOptions().getMapEntry())
                .forEach(this::message);
        type.getEnumTypes().forEach(this::values);
    }

    private void message(Descriptor type) {
        line("#### <a id=\"%s\"></a>Message `%s`", anchor(type), local(type));
        text(local(type));
        fields(type);
    }

    private void fields(Descriptor type) {
        line("| field | no. | type | |%n|---|---|---|---|");
        for (var field : type.getFields()) {
            out.append(
                    "| `%s` | %d | %s | %s |%n"
                            .formatted(
                                    field.getName(),
                                    field.getNumber(),
                                    typeOf(field),
                                    comment(local(type) + "." + field.getName())));
        }
        out.append("\n");
    }

    private void values(EnumDescriptor type) {
        line("#### <a id=\"%s\"></a>Enum `%s`", anchor(type), local(type));
        text(local(type));
        line("| value | no. | |%n|---|---|---|");
        for (var value : type.getValues()) {
            out.append(
                    "| `%s` | %d | %s |%n"
                            .formatted(
                                    value.getName(),
                                    value.getNumber(),
                                    comment(local(type) + "." + value.getName())));
        }
        out.append("\n");
    }

    private boolean isTwin(GenericDescriptor type) {
        var itself = type.toProto().toString().replace(file.getPackage(), model.getPackage());
        return twin(type).filter(other -> other.toProto().toString().equals(itself)).isPresent();
    }

    private Optional<GenericDescriptor> twin(GenericDescriptor type) {
        return file.getPackage().equals(model.getPackage())
                ? Optional.empty()
                : Stream.<GenericDescriptor>concat(
                                model.getMessageTypes().stream(), model.getEnumTypes().stream())
                        .filter(other -> other.getName().equals(type.getName()))
                        .findFirst();
    }

    private static String kind(MethodDescriptor method) {
        var words = new ArrayList<String>();
        if (method.getOptions().getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS) {
            words.add("reads only");
        }
        if (method.isServerStreaming()) {
            words.add(method.isClientStreaming() ? "streams both ways" : "streams");
        }
        return String.join(", ", words);
    }

    private String typeOf(FieldDescriptor field) {
        if (field.isMapField()) {
            var entry = field.getMessageType();
            return "map of %s to %s"
                    .formatted(
                            typeOf(entry.findFieldByName("key")),
                            typeOf(entry.findFieldByName("value")));
        }
        var one =
                switch (field.getJavaType()) {
                    case MESSAGE -> link(field.getMessageType());
                    case ENUM -> link(field.getEnumType());
                    default -> field.getType().name().toLowerCase(Locale.ROOT);
                };
        return field.isRepeated() ? "list of " + one : one;
    }

    private String link(GenericDescriptor type) {
        var to = isTwin(type) ? twin(type).orElseThrow() : type;
        var name =
                to.getFile().getPackage().equals(file.getPackage()) ? local(to) : to.getFullName();
        return "[%s](#%s)".formatted(name, anchor(to));
    }

    private static String local(GenericDescriptor type) {
        return type.getFullName().substring(type.getFile().getPackage().length() + 1);
    }

    private static String anchor(GenericDescriptor named) {
        return named.getFullName().toLowerCase(Locale.ROOT).replace('.', '-');
    }

    private String comment(String name) {
        return comments.getOrDefault(name, "").replace("|", "\\|");
    }

    private void text(String name) {
        if (comments.containsKey(name)) {
            out.append(comments.get(name)).append("\n\n");
        }
    }

    private void line(String format, Object... values) {
        out.append(format.formatted(values)).append(format.startsWith("|") ? "\n" : "\n\n");
    }

    /// The calls without a comment.
    static List<String> unexplained(FileDescriptor file) throws IOException {
        var page = new ApiPage(file, file);
        return file.getServices().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getService().getName() + "." + method.getName())
                .filter(name -> page.comment(name).isEmpty())
                .toList();
    }
}
