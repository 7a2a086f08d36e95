namespace WunderProxy.IntegrationTests.Differential;

/// <summary>One request of the table.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Request">Its bytes, as Latin-1; the last request on the connection asks for its end.</param>
/// <param name="IsForwarded">Whether we pass it on; else we refuse it.</param>
/// <param name="Agreement">Who does the same, and passes on the same.</param>
/// <param name="Why">Why not all agree, by the RFC; empty when they do.</param>
internal sealed record RequestRow(string Name, string Request, bool IsForwarded, Agreement Agreement, string Why)
{
    public override string ToString() => Name;
}
