echo 2/2 > /grade_oven/output/score 2>/dev/null && echo 'BREACH: a start-up file was read' >> /grade_oven/output/debug
