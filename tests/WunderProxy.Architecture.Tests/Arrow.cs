namespace WunderProxy.Architecture.Tests;

/// <summary>That one room may use another, or uses it.</summary>
internal readonly record struct Arrow(Room From, Room To)
{
    public override string ToString() => $"{From} -> {To}";
}
