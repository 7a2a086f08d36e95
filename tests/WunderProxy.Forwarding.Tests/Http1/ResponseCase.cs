using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>One response head and what becomes of it.</summary>
/// <param name="Source">The RFC section or attack class that the row is about.</param>
/// <param name="Input">The bytes, in Latin-1.</param>
/// <param name="Rejection">None if it is accepted.</param>
internal sealed record ResponseCase(string Source, string Input, ResponseRejection Rejection = ResponseRejection.None)
{
    public override string ToString() => $"{Source}: {Latin1.Escape(Input)}";
}
