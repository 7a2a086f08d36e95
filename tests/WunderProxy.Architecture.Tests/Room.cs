namespace WunderProxy.Architecture.Tests;

/// <summary>A namespace of one assembly, with the namespaces below it that are no rooms of their own.</summary>
/// <param name="Assembly"><c>Host</c>, <c>Forwarding</c> or <c>Deployments</c>.</param>
/// <param name="Name">Name of the namespace in the assembly, such as <c>Transport</c>.</param>
internal readonly record struct Room(string Assembly, string Name)
{
    public const string Host = "Host";

    /// <summary>Room of the types that lie in no folder: the program, the forwarder's server.</summary>
    public const string Entry = "(entry)";

    /// <summary>Name as the "May use" column of the table has it in rows of another assembly.</summary>
    public override string ToString() => Assembly == Host ? Name : $"{Assembly}/{Name}";
}
