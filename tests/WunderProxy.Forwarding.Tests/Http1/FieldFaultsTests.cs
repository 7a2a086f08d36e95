using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class FieldFaultsTests
{
    [Test]
    public void Every_fault_is_a_rejection_of_its_own_in_both_directions()
    {
        var faults = Enum.GetValues<FieldFault>();

        Assert.Multiple(() =>
        {
            Assert.That(faults.Select(FieldFaults.ForRequest), Is.Unique);
            Assert.That(faults.Select(FieldFaults.ForResponse), Is.Unique);
            Assert.That(FieldFaults.ForRequest(FieldFault.None), Is.EqualTo(RequestRejection.None));
            Assert.That(FieldFaults.ForResponse(FieldFault.None), Is.EqualTo(ResponseRejection.None));
        });
    }
}
