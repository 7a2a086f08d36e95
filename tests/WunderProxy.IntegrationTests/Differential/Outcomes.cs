namespace WunderProxy.IntegrationTests.Differential;

/// <summary>What became of one message in each proxy.</summary>
internal sealed record Outcomes(string Nginx, string Haproxy, string Ours)
{
    /// <summary>Asserts that the rivals of whom the table says so did the same as we.</summary>
    public void AssertAgreement(Agreement expected)
    {
        var actual = (Nginx == Ours ? Agreement.Nginx : Agreement.Neither)
            | (Haproxy == Ours ? Agreement.Haproxy : Agreement.Neither);
        TestContext.Out.WriteLine(this);

        // A rival that has come to agree since breaks nothing.
        Assert.That(actual & expected, Is.EqualTo(expected), ToString());
    }

    public override string ToString() => $"nginx:   {Nginx}\nhaproxy: {Haproxy}\nours:    {Ours}";
}
