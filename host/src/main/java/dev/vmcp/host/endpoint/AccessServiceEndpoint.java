package dev.vmcp.host.endpoint;

import dev.vmcp.api.host.v1.AccessServiceGrpc.AccessServiceImplBase;
import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.api.host.v1.CreateTokenResponse;
import dev.vmcp.api.host.v1.ListTokensRequest;
import dev.vmcp.api.host.v1.ListTokensResponse;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.host.v1.RevokeTokenResponse;
import dev.vmcp.core.access.Scope;
import dev.vmcp.core.access.Token;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.host.access.Tokens;
import io.grpc.stub.StreamObserver;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `vmcp.host.v1.AccessService`.
public final class AccessServiceEndpoint extends AccessServiceImplBase {

    private static final long LONGEST_LIFE = Duration.ofDays(3660).toSeconds();

    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");

    private final Tokens tokens;

    public AccessServiceEndpoint(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void createToken(
            CreateTokenRequest request, StreamObserver<CreateTokenResponse> answer) {
        Calls.answer(made(request), answer);
    }

    private Outcome<CreateTokenResponse> made(CreateTokenRequest request) {
        var wrong = new ArrayList<Violation>();
        var name = request.getName();
        if (name.isBlank()
                || name.length() > Token.LONGEST_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            wrong.add(
                    Violation.of(
                            "name",
                            name,
                            "1 to " + Token.LONGEST_NAME + " characters, none a control"));
        }
        var scope = Scope.named(request.getScope());
        if (scope.isEmpty()) {
            wrong.add(Violation.of("scope", request.getScope(), Scope.EXPECTED));
        }
        var life = request.getLifetimeSeconds();
        if (life < 0 || life > LONGEST_LIFE) {
            wrong.add(Violation.of("lifetime_seconds", life, "0 to " + LONGEST_LIFE));
        }
        if (!wrong.isEmpty()) {
            return Outcome.refused(new Problem.InvalidInput(wrong));
        }
        try {
            var lifetime =
                    life == 0 ? Optional.<Duration>empty() : Optional.of(Duration.ofSeconds(life));
            var made = tokens.make(name, scope.orElseThrow(), lifetime);
            return made.map(AccessServiceEndpoint::response)
                    .map(Outcome::done)
                    .orElseGet(() ->
                            Outcome.refused(
                                    new Problem.NotNow(
                                            "create token",
                                            "there are " + Tokens.MOST + "; revoke one first")));
        } catch (UncheckedIOException e) {
            return unwritable("create token");
        }
    }

    private static CreateTokenResponse response(Tokens.Made made) {
        return CreateTokenResponse.newBuilder()
                .setToken(message(made.token()))
                .setText(made.text())
                .build();
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> answer) {
        var list = ListTokensResponse.newBuilder();
        tokens.list().forEach(token -> list.addTokens(message(token)));
        Calls.answer(Outcome.done(list.build()), answer);
    }

    @Override
    public void revokeToken(
            RevokeTokenRequest request, StreamObserver<RevokeTokenResponse> answer) {
        Calls.answer(revoked(request.getTokenId()), answer);
    }

    private Outcome<RevokeTokenResponse> revoked(String id) {
        if (!ID.matcher(id).matches()) {
            var violation = Violation.of("token_id", id, "the id of a token, see ListTokens");
            return Outcome.refused(new Problem.InvalidInput(List.of(violation)));
        }
        try {
            return tokens.revoke(id)
                    ? Outcome.done(RevokeTokenResponse.getDefaultInstance())
                    : Outcome.refused(new Problem.TokenNotFound(id));
        } catch (UncheckedIOException e) {
            return unwritable("revoke token");
        }
    }

    private static <T> Outcome<T> unwritable(String what) {
        return Outcome.refused(new Problem.NotNow(what, "the token file cannot be written"));
    }

    private static dev.vmcp.api.host.v1.Token message(Token token) {
        return dev.vmcp.api.host.v1.Token.newBuilder()
                .setTokenId(token.id())
                .setName(token.name())
                .setScope(token.scope().word())
                .setCreatedAtMillis(token.created().toEpochMilli())
                .setExpiresAtMillis(token.expires().map(Instant::toEpochMilli).orElse(0L))
                .build();
    }
}
