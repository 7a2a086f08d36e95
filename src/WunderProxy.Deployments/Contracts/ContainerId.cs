namespace WunderProxy.Deployments.Contracts;

/// <summary>The engine's full id of a container; empty as long as there is no container.</summary>
public readonly record struct ContainerId
{
    /// <summary>Number of digits shown to people.</summary>
    private const int BriefLength = 8;

    private readonly string? _value;

    /// <summary>Creates an id from the engine's text.</summary>
    public ContainerId(string? value) => _value = value;

    /// <summary>The id as the engine gave it; empty for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether there is no container yet.</summary>
    public bool IsEmpty => Value.Length == 0;

    /// <summary>The first 8 digits of the id, for people.</summary>
    public string Brief => Value.Length > BriefLength ? Value[..BriefLength] : Value;

    /// <inheritdoc/>
    public bool Equals(ContainerId other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
