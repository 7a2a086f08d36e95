namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class SmugglingTests
{
    [TestCaseSource(typeof(SmugglingCases), nameof(SmugglingCases.Refused))]
    public void Doubtful_request_is_refused_at_any_split(string request, string rejection)
    {
        var input = Latin1.Bytes(request);
        Assert.That(RequestJudge.Judge(input, 0).Rejection, Is.EqualTo(rejection));

        for (var length = 0; length <= input.Length; length++)
        {
            var early = RequestJudge.Judge(input.AsSpan(0, length), length / 2);
            Assert.That(early.IsComplete, Is.False, () => $"complete with {length} bytes");
            Assert.That(early.Rejection, Is.EqualTo(rejection).Or.Empty, () => $"{length} bytes");
        }
    }

    [TestCaseSource(typeof(SmugglingCases), nameof(SmugglingCases.TakenWhole))]
    public void Clear_request_ends_where_all_agree(string request, string next)
    {
        var input = Latin1.Bytes(request + next);

        for (var cut = 0; cut <= request.Length; cut++)
        {
            Assert.That(RequestJudge.Judge(input, cut), Is.EqualTo(new RequestJudge("", true, request.Length)));
        }
    }
}
