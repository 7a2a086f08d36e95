using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Why the server refused something, in its own words (RFC 7807; RFC 8555 section 6.7).</summary>
internal sealed record AcmeProblem
{
    /// <summary>Start of the types that the protocol defines.</summary>
    private const string OwnTypes = "urn:ietf:params:acme:error:";

    private const int MaxSubproblems = 5;
    private const int MaxTextLength = 600;

    /// <summary>Kind of the problem, such as <c>urn:ietf:params:acme:error:rateLimited</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The problem in a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>A page for the operator, such as terms of service to agree to.</summary>
    public string? Instance { get; init; }

    /// <summary>What the problem is about.</summary>
    public AcmeIdentifier? Identifier { get; init; }

    /// <summary>The problems of single names.</summary>
    public IReadOnlyList<AcmeProblem?>? Subproblems { get; init; }

    /// <summary>The last part of the type, such as <c>rateLimited</c>.</summary>
    [JsonIgnore]
    public string Name => Type is { } type && type.StartsWith(OwnTypes, StringComparison.Ordinal) ? type[OwnTypes.Length..] : Type ?? "";

    /// <summary>
    /// Returns the problem as one line, without control characters, at most 600 characters: the words come from outside.
    /// </summary>
    public string ToLine()
    {
        var own = string.Join(": ", new[] { Identifier?.Value, Name, Detail, Instance }.Where(part => !string.IsNullOrEmpty(part)));
        var others = (Subproblems ?? []).OfType<AcmeProblem>().Take(MaxSubproblems)
            .Select(problem => (problem with { Subproblems = null }).ToLine());
        return Clean(string.Join("; ", [own.Length == 0 ? "a problem without a word" : own, .. others]));
    }

    /// <summary>Returns a text from outside as one line of at most 600 characters.</summary>
    public static string Clean(string text)
    {
        var line = string.Concat(text.Take(MaxTextLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return text.Length > MaxTextLength ? line + "…" : line;
    }
}
