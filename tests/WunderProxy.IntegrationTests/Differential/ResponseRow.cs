namespace WunderProxy.IntegrationTests.Differential;

/// <summary>One response of the table.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Request">What asks for it.</param>
/// <param name="Response">Its bytes, as Latin-1.</param>
/// <param name="End">What the origin does behind it.</param>
/// <param name="IsPassedOn">Whether the client gets it as a whole; else it can tell that it did not.</param>
/// <param name="Agreement">Who does the same, and passes on the same.</param>
/// <param name="Why">Why not all agree, by the RFC; empty when they do.</param>
internal sealed record ResponseRow(
    string Name, string Request, string Response, OriginEnd End, bool IsPassedOn, Agreement Agreement, string Why)
{
    public override string ToString() => Name;
}
