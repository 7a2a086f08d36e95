using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>A message as it stood on the wire, read by the plain reader of these tests.</summary>
internal sealed record WireMessage
{
    private const int ShownBodyBytes = 200;

    public required string StartLine { get; init; }

    /// <summary>Header lines in their order; trailers are not among them.</summary>
    public required IReadOnlyList<(string Name, string Value)> Fields { get; init; }

    /// <summary>The body without its chunks.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>How its end was known.</summary>
    public WireFraming Framing { get; init; }

    /// <summary>Whether all of it came.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Status of a response; 0 when it has none.</summary>
    public int Status => StartLine.Split(' ') is [_, { Length: 3 } status, ..] && int.TryParse(status, out var number)
        ? number
        : 0;

    /// <summary>The body for people: short ones as text.</summary>
    public string BodyText => Body.Length <= ShownBodyBytes
        ? Encoding.Latin1.GetString(Body)
        : $"{Body.Length} bytes {Convert.ToHexStringLower(SHA256.HashData(Body))[..16]}";

    public bool Has(string name) => Fields.Any(field => IsCalled(field, name));

    /// <summary>Values of a field, joined as a list.</summary>
    public string ValueOf(string name) =>
        string.Join(", ", Fields.Where(field => IsCalled(field, name)).Select(field => field.Value));

    /// <summary>Fields that go from end to end: lower-case names, sorted, the order of equal ones kept.</summary>
    public IEnumerable<string> EndToEndFields(IReadOnlySet<string> left) => Fields
        .Select(field => (Name: field.Name.ToLowerInvariant(), field.Value))
        .Where(field => !left.Contains(field.Name) && !field.Name.StartsWith("x-forwarded-", StringComparison.Ordinal))
        .OrderBy(field => field.Name, StringComparer.Ordinal)
        .Select(field => $"{field.Name}: {field.Value}");

    private static bool IsCalled((string Name, string Value) field, string name) =>
        field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
